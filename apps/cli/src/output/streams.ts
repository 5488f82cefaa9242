/** The one place that writes to stdout. */
import { InputError } from '@tiny-recursive-models/tensor/errors'
import { showError } from './errors.ts'

let closed = false
const listeners = new Set<() => void>()

/**
 * What happens when nobody can be written to any more. A reader of stdout that closes early, such as
 * `trm runs | head`, is no error; a full disk behind it is. Either way there is nothing left to do, unless somebody
 * has asked by `onOutputClosed`. Progress and complaints on stderr are lost without harm.
 */
export function guardStreams(): void {
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (closed) return
    closed = true
    if (error.code !== 'EPIPE') {
      process.exitCode = 1
      showError(outputError(error), false)
    }
    if (listeners.size === 0) process.exit()
    for (const listener of listeners) listener()
  })
}

/** Calls `listener` instead of ending the process when stdout closes. Returns what takes it away again. */
export function onOutputClosed(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const isOutputClosed = (): boolean => closed

export const print = (text = ''): void => {
  if (!closed) process.stdout.write(`${text}\n`)
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))
/** One event of a stream. */
export const printJsonLine = (value: unknown): void => print(JSON.stringify(value))

const outputError = ({ code, message }: NodeJS.ErrnoException): InputError =>
  new InputError({
    who: 'standard output',
    expected: 'a file or terminal that can be written to',
    got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : (code ?? message),
    hint: 'Free some space, or send the output somewhere else.',
  })
