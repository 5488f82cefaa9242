/** Runs the conformance suite or compares with recorded runs, on the device that is asked for. */
import type { Executor } from '@tiny-recursive-models/tensor'
import { openExecutor, openOrtExecutor } from '@tiny-recursive-models/tensor/browser'
import asyncifyScript from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import script from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { compareWithGolden } from '../../bench/src/parity/compare.ts'
import type { Deviation } from '../../bench/src/parity/deviations.ts'
import { type Golden, parseGolden } from '../../bench/src/parity/golden.ts'
import { measureRecipe } from '../../bench/src/speed/recipe-speed.ts'
import { conformance } from '../../packages/tensor/test/suite/conformance.ts'
import { type Outcome, runTests } from '../shims/node-test.ts'
import type { SuiteAnswer, SuiteRequest } from './protocol.ts'

async function golden(name: string): Promise<Golden> {
  const json = await (await fetch(`/files/${name}.json`)).text()
  const tensors = await (await fetch(`/files/${name}.safetensors`)).arrayBuffer()
  return parseGolden(json, new Uint8Array(tensors), name)
}

async function opened({ device, threads }: Pick<SuiteRequest, 'device' | 'threads'>): Promise<Executor> {
  if (device === 'compiled') return await openExecutor({ ...(threads && { threads }) })
  const at = (url: string): string => new URL(url, import.meta.url).href
  if (device === 'webgpu') {
    const files = { mjs: at(asyncifyScript), wasm: at(asyncifyBinary) }
    return await openOrtExecutor({ device, refuseFallback: true, files })
  }
  return await openOrtExecutor({
    device,
    ...(threads && { threads }),
    files: { mjs: at(script), wasm: at(binary) },
  })
}

async function answer({ device, threads, ...request }: SuiteRequest): Promise<SuiteAnswer> {
  const executor = await opened({ device, ...(threads && { threads }) })
  const found = { executor: executor.name, outcomes: [], deviations: {}, speed: null, error: null }
  if (request.suite === 'golden') {
    const deviations: Record<string, readonly Deviation[]> = {}
    for (const name of request.names) deviations[name] = await compareWithGolden(executor, await golden(name))
    return { ...found, deviations }
  }
  if (request.suite === 'speed') {
    const model = new Uint8Array(await (await fetch(`/files/${request.file}`)).arrayBuffer())
    return { ...found, speed: await measureRecipe(executor, { ...request, model }) }
  }
  conformance(executor, request.sampled)
  const outcomes: Outcome[] = []
  for await (const outcome of runTests()) outcomes.push(outcome)
  return { ...found, outcomes }
}

addEventListener('message', async ({ data }: MessageEvent<SuiteRequest>) => {
  const failed = (error: unknown): SuiteAnswer => ({
    executor: '',
    outcomes: [],
    deviations: {},
    speed: null,
    error: error instanceof Error ? error.message : String(error),
  })
  postMessage(await answer(data).catch(failed))
})
