/**
 * Threads that run their shares of the executor's programs beside its own thread: workers of Node or of a page, which
 * have its memory.
 */
import { type OpenProvider, type ProductProvider, ProvidedProducts, type ProvidedWork } from './provider.ts'
import type { RunFunction } from './stopwatch.ts'
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.ts'

/** What a thread is told, one after the other. */
export type ToThread =
  | { readonly kind: 'open'; readonly memory: WasmMemory; readonly thread: number; readonly meeting: number }
  | {
      readonly kind: 'load'
      readonly program: number
      readonly module: WasmModule
      readonly provided: readonly ProvidedWork[]
    }
  | { readonly kind: 'run'; readonly program: number; readonly arena: number; readonly slots: number }
  | { readonly kind: 'close'; readonly program: number }

/** What is used of a worker, in Node and in a page. */
export interface ThreadPort {
  postMessage(message: ToThread): void
  terminate(): unknown
}

/** Starts a worker that calls `serveThread`, and waits until it listens. */
export type StartThread = () => Promise<ThreadPort>

/**
 * The thread's side: call `receive` with every message.
 *
 * @param openProvider of the products that the executor's thread has a provider for
 */
export function serveThread(openProvider?: OpenProvider): { receive(message: ToThread): void } {
  const programs = new Map<number, { readonly run: RunFunction; readonly products: ProvidedProducts }>()
  let opened: Extract<ToThread, { kind: 'open' }> | undefined
  let provider: ProductProvider | undefined
  const receive = (message: ToThread): void => {
    if (message.kind === 'open') {
      opened = message
      provider = openProvider?.(message.memory)
    } else if (!opened) throw new Error('a thread is opened first')
    else if (message.kind === 'close') {
      programs.get(message.program)?.products.close()
      programs.delete(message.program)
    } else if (message.kind === 'load') {
      const products = new ProvidedProducts(provider, message.provided)
      const host = { memory: opened.memory, product: products.call }
      const { exports } = new webAssembly.Instance(message.module, { host })
      programs.set(message.program, { run: exports[`run${opened.thread}`] as RunFunction, products })
    } else programs.get(message.program)!.run(message.arena, message.slots, opened.meeting)
  }
  return { receive }
}
