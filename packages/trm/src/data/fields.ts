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

/** The `kind` of a section of `data`. */
export const dataKind = <const Kind extends string>(kind: Kind) =>
  z.literal(kind).meta({ description: 'where the puzzles come from' })

export const dataSeed = () =>
  seed().meta({
    title: 'Puzzle seed',
    description: 'decides which puzzles are generated, sampled and held out',
  })

/** Puzzles in each set of generated ones. */
export const generatedCounts = {
  train: puzzleCount(1).meta({
    title: 'Training puzzles',
    description: 'how many puzzles are generated to train on; a few are soon learned by heart',
  }),
  validation: puzzleCount(0).meta({ description: 'how many puzzles are generated for validation' }),
  test: puzzleCount(0).meta({ description: 'how many puzzles are generated for the test' }),
}

/** Puzzles that files hold. */
export const fileFields = {
  train: pathOrNull().meta({
    description:
      'path of the training file: CSV or lines, plain, gzip or zip, or arrays (`…inputs.npy`) where the family reads them; null until you name one',
  }),
  test: pathOrNull().meta({ description: 'path of the test file, of the same kinds; null = no test' }),
  trainCount: puzzleCount(1).nullable().meta({
    description: 'size of a seeded sample of the training file; null = all that validation leaves',
  }),
  validation: puzzleCount(0).meta({
    description: 'puzzles of the training file that are held out for validation, disjoint from the sample',
  }),
  easyBelow: numberBetween(0, 1e9).nullable().default(null).meta({
    description:
      'puzzles with a rating below this are easy; null = none is. The rating of Sudoku-Extreme counts guesses',
  }),
  easyShare: numberBetween(0, 1).default(1).meta({
    description: 'share of the easy puzzles that an epoch visits, another part of them in each',
  }),
}
