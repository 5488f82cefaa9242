import { availableParallelism } from 'node:os'
import { InputError } from '../errors.ts'

/** More threads than this only wait for each other: a run is not resumed with more unless asked to. */
export const usefulThreads = (): number => Math.max(16, 4 * availableParallelism())

/**
 * The most that may be asked for: a run from a larger machine can be repeated bit for bit only with its number of
 * threads. 1000 threads on two cores do not finish a step in a minute.
 */
export const maxThreads = (): number => Math.max(256, 4 * availableParallelism())

/** @throws {InputError} if nothing can be opened with so many threads */
export function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 1024) return
  throw new InputError({
    who: 'threads',
    expected: 'a whole number from 1 to 1024',
    got: String(threads),
    hint: `This machine has ${availableParallelism()} cores.`,
  })
}
