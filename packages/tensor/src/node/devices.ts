import type { Device } from '../executors/ort.ts'

/** Where an executor computes in Node, the default first. */
export const nodeDevices = ['cpu', 'webgpu'] as const satisfies readonly Device[]

/**
 * The executors in Node: the one of our own, compiled to WebAssembly; the same with its matrix products by oneDNN, where
 * that library is installed; and ONNX Runtime.
 */
export const executorNames = ['wasm', 'onednn', 'onnxruntime'] as const

/** One of them. */
export type ExecutorName = (typeof executorNames)[number]

/** `auto` is the one that is right here. */
export const executorChoices = ['auto', ...executorNames] as const

/** What may be asked for. */
export type ExecutorChoice = (typeof executorChoices)[number]
