import type { Executable, Executor } from './executor.ts'

/** Often enough for progress and Ctrl-C, seldom enough that tiny programs do not wait. */
const pauseEveryMs = 15

/**
 * An executor that computes on the calling thread, with pauses between its runs: signals, timers and messages are
 * heard only when the event loop turns, and promises alone do not let it.
 *
 * @param turn resolves when the event loop has turned
 */
export function withPauses(executor: Executor, turn: () => Promise<void>): Executor {
  let last = performance.now()
  const pause = async (): Promise<void> => {
    if (performance.now() - last < pauseEveryMs) return
    await turn()
    last = performance.now()
  }
  return {
    kind: executor.kind,
    name: executor.name,
    device: executor.device,
    threads: executor.threads,
    async compile(program): Promise<Executable> {
      const executable = await executor.compile(program)
      await pause()
      return {
        async run(feeds, states, spare) {
          const result = await executable.run(feeds, states, spare)
          await pause()
          return result
        },
        close: () => executable.close(),
      }
    },
    upload: (tensor) => executor.upload(tensor),
    download: (tensor) => executor.download(tensor),
    release: (tensor) => executor.release(tensor),
  }
}
