/**
 * How a line of a puzzle file splits into fields. A splitter of our own because every bad line has to be reported
 * with its number while the rest is still read, and because csv-parse 7.0.3 (browser build, 122 kB) took 5.5 s
 * for 130,125 rows; this takes 0.03 s. Fields may be quoted; a field never holds a line
 * end, which is true of every file with one puzzle a line.
 */
import { rolePlaces } from './names.ts'

export type Delimiter = ',' | ';' | '\t'

export const delimiters: readonly Delimiter[] = [',', ';', '\t']

const quotedFields: Readonly<Record<Delimiter, RegExp>> = {
  ',': /\s*"((?:[^"]|"")*)"\s*(,|$)|([^",]*)(,|$)/y,
  ';': /\s*"((?:[^"]|"")*)"\s*(;|$)|([^";]*)(;|$)/y,
  '\t': / *"((?:[^"]|"")*)" *(\t|$)|([^"\t]*)(\t|$)/y,
}

/**
 * The fields of a line; undefined where a quote is not closed.
 *
 * @param keepSpaces leave the spaces around a field: in a maze they are open cells
 */
export function splitFields(
  line: string,
  keepSpaces = false,
  delimiter: Delimiter = ',',
): string[] | undefined {
  const trimmed = (field: string) => (keepSpaces ? field : field.trim())
  if (!line.includes('"')) return line.split(delimiter).map(trimmed)
  const fields: string[] = []
  const field = quotedFields[delimiter]
  field.lastIndex = 0
  for (;;) {
    const match = field.exec(line)
    if (match === null) return undefined
    fields.push(match[1]?.replaceAll('""', '"') ?? trimmed(match[3]!))
    if ((match[2] ?? match[4]) === '') return fields
  }
}

/** Where each column stands in a line. */
export interface Columns {
  readonly count: number
  readonly question: number
  readonly answer: number | undefined
  readonly source: number | undefined
  readonly rating: number | undefined
  /** Stands for a rating where it is a number. */
  readonly difficulty?: number | undefined
  /** Names of all columns, where a header gives them. */
  readonly names?: readonly string[]
}

/**
 * The columns by the names of a header, in any order, others passed over; undefined for a line of puzzles.
 *
 * @param families names of families: a column may be called `sudoku`
 */
export function headerColumns(
  fields: readonly string[],
  families: readonly string[] = [],
): Columns | undefined {
  const { question, ...places } = rolePlaces(fields, families)
  if (question === undefined) return undefined
  return {
    count: fields.length,
    question,
    answer: places.answer,
    source: places.source,
    rating: places.rating,
    difficulty: places.difficulty,
    names: fields.map((name) => name.trim()),
  }
}

/** The columns of a file without a header as it is published: source, question, answer, rating. */
export const publishedColumns: Columns = { count: 4, source: 0, question: 1, answer: 2, rating: 3 }
