/** The files of ONNX Runtime, each one hashed asset that is fetched by the worker that needs it. */
import type { BrowserOptions } from '@tiny-recursive-models/trm/browser'
import webgpuModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import webgpuBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'

// A worker has another address than the page: relative addresses would mean other files there.
const here = (url: string): string => new URL(url, document.baseURI).href

export const runtimeFiles: NonNullable<BrowserOptions['files']> = {
  wasm: { mjs: here(wasmModule), wasm: here(wasmBinary) },
  webgpu: { mjs: here(webgpuModule), wasm: here(webgpuBinary) },
}
