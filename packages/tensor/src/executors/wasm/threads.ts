/**
 * Threads that run their shares of the executor's programs beside its own thread: workers of Node or of a page, which
 * have its memory.
 */
import type { RunFunction } from './stopwatch.ts'
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.ts'

/** What a thread is told, one after the other. */
export type ToThread =
  | { readonly kind: 'open'; readonly memory: WasmMemory; readonly thread: number; readonly meeting: number }
  | { readonly kind: 'load'; readonly program: number; readonly module: WasmModule }
  | { readonly kind: 'run'; readonly program: number; readonly arena: number; readonly slots: number }
  | { readonly kind: 'close'; readonly program: number }

/** What is used of a worker, in Node and in a page. */
export interface ThreadPort {
  postMessage(message: ToThread): void
  terminate(): unknown
}

/** Starts a worker that calls `serveThread`, and waits until it listens. */
export type StartThread = () => Promise<ThreadPort>

/** The thread's side: call `receive` with every message. */
export function serveThread(): { receive(message: ToThread): void } {
  const runs = new Map<number, RunFunction>()
  let opened: Extract<ToThread, { kind: 'open' }> | undefined
  const receive = (message: ToThread): void => {
    if (message.kind === 'open') opened = message
    else if (!opened) throw new Error('a thread is opened first')
    else if (message.kind === 'close') runs.delete(message.program)
    else if (message.kind === 'load') {
      const { exports } = new webAssembly.Instance(message.module, { host: { memory: opened.memory } })
      runs.set(message.program, exports[`run${opened.thread}`] as RunFunction)
    } else runs.get(message.program)!(message.arena, message.slots, opened.meeting)
  }
  return { receive }
}
