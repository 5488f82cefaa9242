/** npm hands a Ctrl-C on to a child that the terminal has told already: two within this time are one. */
const sameKeyMs = 400

/** The exit code of a program that Ctrl-C ended: 128 + SIGINT. */
export const interruptedExitCode = 130

/**
 * The first Ctrl-C calls `onFirst`, the next one ends the process at once; so do SIGTERM and SIGHUP, which comes when
 * the terminal is closed. Returns what takes the handlers away again.
 *
 * @param more signals that do the same
 */
export function onInterrupt(onFirst: () => void, more: readonly NodeJS.Signals[] = []): () => void {
  let firstMs: number | null = null
  const handle = (signal: NodeJS.Signals): void => {
    if (firstMs === null) {
      firstMs = performance.now()
      onFirst()
    } else if (performance.now() - firstMs > sameKeyMs) {
      // Without a handler the signal itself ends the process, also inside native code.
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    }
  }
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', ...more]
  for (const signal of signals) process.on(signal, handle)
  return () => {
    for (const signal of signals) process.off(signal, handle)
  }
}
