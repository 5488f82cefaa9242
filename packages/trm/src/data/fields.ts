/**
 * Kinds of recipe fields, as zod schemas. Every bound's `error` text is the "expected" part of the message that
 * a person reads, so it says what to write and not what failed.
 */
import { z } from 'zod'

export const wholeNumber = (minimum: number, maximum: number) => {
  const error = `a whole number from ${minimum} to ${maximum}`
  return z.int({ error }).min(minimum, { error }).max(maximum, { error })
}

export const numberBetween = (minimum: number, maximum: number) => {
  const error = `a number from ${minimum} to ${maximum}`
  return z.number({ error }).min(minimum, { error }).max(maximum, { error })
}

export const text = (minimum: number, maximum: number) => {
  const error = `a text of ${minimum} to ${maximum} characters`
  return z.string({ error }).min(minimum, { error }).max(maximum, { error })
}

const pathError = { error: 'a path or null' }
export const pathOrNull = () => z.string(pathError).min(1, pathError).max(4096, pathError).nullable()

export const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: values.map((value) => `'${value}'`).join(' or ') })

export const flag = () => z.boolean({ error: 'true or false' })
export const section = { error: 'an object' }
export const seed = () => wholeNumber(0, 2 ** 32 - 1)
export const stepCount = (minimum: number) => wholeNumber(minimum, 1_000_000_000)
export const puzzleCount = (minimum: number) => wholeNumber(minimum, 100_000_000)

/** Puzzles in each set of generated ones. */
export const generatedCounts = {
  train: puzzleCount(1),
  validation: puzzleCount(0),
  test: puzzleCount(0),
}

/** Puzzles that files hold. */
export const fileFields = {
  /** CSV or lines, plain or packed, or a folder of the published builders. */
  train: pathOrNull(),
  test: pathOrNull(),
  /** A seeded sample of the training file; null = all of it. */
  trainCount: puzzleCount(1).nullable(),
  /** Puzzles of the training file held out, disjoint from the sample. */
  validation: puzzleCount(0),
  /** Puzzles with a rating below this are easy; null = none is. The rating of Sudoku-Extreme counts guesses. */
  easyBelow: numberBetween(0, 1e9).nullable().default(null),
  /** Share of the easy puzzles that an epoch visits, another part of them in each. */
  easyShare: numberBetween(0, 1).default(1),
}
