/** Rows of question and answer as they are written, whatever the puzzles are: tables, JSON lines and documents. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressedLines } from '../../data/bytes.ts'
import { plural } from '../../format/index.ts'
import { type Columns, type Delimiter, delimiters, splitFields } from './columns.ts'
import { jsonLayout, type LineProblem, longestDocument, parsed, type RawRow, rowsOfValue } from './json.ts'
import { headerTable, headLines, shown } from './layout.ts'
import { knownNames } from './names.ts'
import type { ReadLimits } from './slots.ts'

export interface RawPiece {
  readonly rows: readonly RawRow[]
  readonly problems: readonly LineProblem[]
}

type TakeLines = (lines: readonly string[], firstLine: number) => RawPiece

/**
 * The rows of a CSV or TSV file, with a header or of two columns without one, or of JSON: piece by piece, in their
 * order. Spaces around questions and answers are kept. Throws an InputError for other files.
 */
export async function* rawRows(
  bytes: Uint8Array,
  { name, limits = {} }: ReadLimits,
): AsyncGenerator<RawPiece, void, undefined> {
  const maxRows = limits.rows ?? 5_000_000
  let head: string[] = []
  let take: TakeLines | undefined
  let line = 1
  let count = 0
  const taken = (lines: readonly string[]): RawPiece => {
    const piece = take!(lines, line)
    line += lines.length
    count += piece.rows.length + piece.problems.length
    if (count > maxRows) {
      const hint = 'Split the file.'
      throw new InputError({ who: name, expected: `at most ${maxRows} rows`, got: 'more', hint })
    }
    return piece
  }
  for await (const lines of decompressedLines(bytes, { name, maxBytes: limits.bytes ?? 2 ** 30 })) {
    if (take) {
      yield taken(lines)
      continue
    }
    head = head.concat(lines)
    take = head.length < headLines ? undefined : taker(head, false, name)
    if (take) yield taken(head)
    else if (head.reduce((sum, text) => sum + text.length, 0) > longestDocument) throw noTable(name, head[0]!)
  }
  if (take || head.every((text) => text.trim() === '')) return
  take = taker(head, true, name)
  if (take === undefined) throw noTable(name, head.find((text) => text.trim() !== '')!)
  yield taken(head)
}

/** What takes the lines of a file; undefined while a JSON document is not complete. */
function taker(head: readonly string[], isAll: boolean, name: string): TakeLines | undefined {
  const json = jsonLayout(head.slice(0, headLines), isAll && head.length <= headLines)
  if (json?.isLines) return jsonLines
  if (json) return isAll ? jsonDocument : undefined
  if (isAll && /^\s*[[{]/.test(head[0]!)) return jsonDocument
  const table = headerTable(head.slice(0, headLines))
  if (table) return tableRows(table.columns, table.delimiter, table.first)
  const first = head.find((line) => line.trim() !== '') ?? ''
  const delimiter = delimiters.find((mark) => splitFields(first, true, mark)?.length === 2)
  if (delimiter === undefined) throw noTable(name, first)
  const plain = { count: 2, question: 0, answer: 1, source: undefined, rating: undefined }
  return tableRows(plain, delimiter, 0)
}

const jsonLines: TakeLines = (lines, firstLine) => {
  const rows: RawRow[] = []
  const problems: LineProblem[] = []
  for (const [place, text] of lines.entries()) {
    if (text.trim() === '') continue
    const line = firstLine + place
    const found = rowsOfValue(parsed(text), line)
    if (found.length === 0) problems.push({ line, reason: 'expected JSON with a question' })
    rows.push(...found)
  }
  return { rows, problems }
}

const jsonDocument: TakeLines = (lines) => {
  const rows = rowsOfValue(parsed(lines.join('\n')), 1)
  return { rows, problems: rows.length > 0 ? [] : [{ line: 1, reason: 'expected JSON with questions' }] }
}

/** @param before lines before the first row */
function tableRows(columns: Columns, delimiter: Delimiter, before: number): TakeLines {
  return (lines, firstLine) => {
    const rows: RawRow[] = []
    const problems: LineProblem[] = []
    for (const [place, text] of lines.entries()) {
      const line = firstLine + place
      if (line <= before || text.trim() === '') continue
      const fields = splitFields(text, true, delimiter)
      if (fields?.length !== columns.count) {
        const reason = fields
          ? `expected ${plural(columns.count, 'column')}, got ${fields.length}`
          : 'a quote is not closed'
        problems.push({ line, reason })
        continue
      }
      const field = (column: number | undefined) => (column === undefined ? '' : fields[column]!)
      rows.push({
        line,
        question: field(columns.question),
        answer: field(columns.answer),
        source: field(columns.source).trim(),
        rating: field(columns.rating).trim(),
        ...(columns.names && {
          columns: Object.fromEntries(columns.names.map((column, at) => [column, fields[at]!])),
        }),
      })
    }
    return { rows, problems }
  }
}

function noTable(name: string, line: string): InputError {
  return new InputError({
    who: name,
    expected: `a table or JSON lines with one column ${knownNames.question} and one ${knownNames.answer}`,
    got: shown(line),
    hint: 'Write a first line with the names of the columns: question,answer.',
  })
}
