/** What the columns of a table without a header are, by what stands in them. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { GridFamily } from '../family.ts'
import { cachedBoard } from './boards.ts'
import { type Columns, publishedColumns } from './columns.ts'

/** Whether a written puzzle is an answer: nothing in it is open. */
export function isAnswered(text: string, family: GridFamily): boolean {
  try {
    const { kind, tokens } = family.writing.read(text)
    const question = family.writing.questionOf?.(tokens)
    if (question) return question.some((token, cell) => token !== tokens[cell])
    const { open } = cachedBoard(family, kind).structure
    return !tokens.some((token) => open.includes(token))
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

/**
 * The columns of questions and answers. A second column of puzzles holds the answers, but where only the first one
 * does; four columns with the question in the second are those of the published files.
 */
export function contentColumns(rows: readonly (readonly string[])[], family: GridFamily): Columns {
  const { recognises } = family.writing
  const certain = rows.find((fields) => fields.some((field) => recognises(field) >= 1)) ?? rows[0]!
  const count = certain.length
  const holds = (place: number, least: number) =>
    rows.some((fields) => fields.length === count && recognises(fields[place]!) >= least)
  const places = Array.from({ length: count }, (_, place) => place)
  const found = places.filter((place) => holds(place, 1))
  const [question = 0, second] = found
  const isEmpty = (place: number) => rows.every((fields) => (fields[place] ?? '').trim() === '')
  if (count === 4 && question === 1 && (second === 2 || isEmpty(2))) {
    const isRated = rows.some((fields) => Number.isFinite(Number(fields[3])))
    const columns = { ...publishedColumns, rating: isRated ? publishedColumns.rating : undefined }
    if (second === undefined || !isSwapped(rows, 1, 2, family)) return columns
    return { ...columns, question: 2, answer: 1 }
  }
  const none = { count, source: undefined, rating: undefined }
  // An answer may come later, or have a mistake.
  const isPlain = count === 2 && question === 0 && (isEmpty(1) || holds(1, 0.5))
  const answer = second ?? (isPlain ? 1 : undefined)
  return answer !== undefined && isSwapped(rows, question, answer, family)
    ? { ...none, question: answer, answer: question }
    : { ...none, question, answer }
}

/** Whether the first column holds the answers of the second. */
function isSwapped(
  rows: readonly (readonly string[])[],
  first: number,
  second: number,
  family: GridFamily,
): boolean {
  const both = rows.filter((fields) => (fields[first] ?? '') !== '' && (fields[second] ?? '') !== '')
  const swapped = both.filter(
    (fields) => isAnswered(fields[first]!, family) && !isAnswered(fields[second]!, family),
  )
  return swapped.length > both.length / 2
}
