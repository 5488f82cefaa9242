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
    ...(executor.multipliesBfloat16 !== undefined && { multipliesBfloat16: executor.multipliesBfloat16 }),
    async compile(program): Promise<Executable> {
      const executable = await executor.compile(program)
      await pause()
      return {
        ...(executable.updatesInPlace && { updatesInPlace: executable.updatesInPlace }),
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

/**
 * Resolves when messages that have come have been read; timers wait at least four milliseconds in a page. Runs of a
 * program follow each other as microtasks, between which nothing is heard.
 */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const told = (): void => {
      port1.close()
      resolve()
    }
    port1.addEventListener('message', told)
    port1.start()
    port2.postMessage(null)
  })
}
