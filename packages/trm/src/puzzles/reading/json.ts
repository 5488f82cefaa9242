/** Puzzles in JSON: a board as a matrix or a list of rows, several of them, or objects with questions and answers. */
import { rolePlaces } from './names.ts'

/** A row as it was written. */
export interface RawRow {
  /** Counted from 1; of JSON that is no list of lines, the line where the entry begins. */
  readonly line: number
  readonly question: string
  /** Empty where there is none. */
  readonly answer: string
  readonly source: string
  readonly rating: string
  /** All values by the name of their column, where the file has names. */
  readonly columns?: Readonly<Record<string, string>>
}

/** What is wrong with a line of a file. */
export interface LineProblem {
  /** Counted from 1. */
  readonly line: number
  readonly reason: string
}

/** Depth of objects and lists around the puzzles. */
const deepest = 6
/** Characters of one JSON document. */
export const longestDocument = 2 ** 26

/** Whether a file is JSON, and the questions of its first lines; undefined for other files. */
export function jsonLayout(
  head: readonly string[],
  isAll: boolean,
): { readonly isLines: boolean; readonly questions: readonly string[] } | undefined {
  const lines = head.filter((line) => line.trim() !== '')
  if (!/^\s*[[{"]/.test(lines[0] ?? '')) return undefined
  const values = lines.slice(0, 20).map(parsed)
  if (values.length > 1 && (isObject(values[0]) || values.slice(0, 2).every(isEntry))) {
    const questions = values.flatMap((value) => (value === undefined ? [] : rowsOfValue(value, 1)))
    return { isLines: true, questions: questions.map(({ question }) => question) }
  }
  // What goes on beyond the first lines is taken for JSON by its beginning.
  if (!isAll && /^\s*(?:[[{]\s*$|\[\s*[[{"]|\{\s*")/.test(lines[0]!)) return { isLines: false, questions: [] }
  const whole = isAll ? parsed(head.join('\n')) : undefined
  if (typeof whole !== 'object' || whole === null) return undefined
  const questions = rowsOfValue(whole, 1).map(({ question }) => question)
  return questions.length > 0 ? { isLines: false, questions } : undefined
}

/** Whether a line of JSON is a puzzle by itself, not a row of a matrix. */
const isEntry = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 && (Array.isArray(value[0]) || value.length >= 16) : isObject(value)

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The puzzles of a value; none where there are none. */
export function rowsOfValue(value: unknown, line: number, depth = 0): RawRow[] {
  if (depth > deepest) return []
  const text = puzzleText(value)
  if (text !== undefined) return [{ line, question: text, answer: '', source: '', rating: '' }]
  if (Array.isArray(value)) return value.flatMap((entry) => rowsOfValue(entry, line, depth + 1))
  if (!isObject(value)) return []
  const names = Object.keys(value)
  const places = rolePlaces(names)
  if (places.question === undefined)
    return places.answer === undefined
      ? names.flatMap((name) => rowsOfValue(value[name], line, depth + 1))
      : []
  const at = (place: number | undefined): unknown => (place === undefined ? undefined : value[names[place]!])
  const [question, answer] = [at(places.question), at(places.answer)]
  const questionText = puzzleText(question)
  if (questionText === undefined) return columnRows(question, answer, line, depth)
  return [
    {
      line,
      question: questionText,
      answer: puzzleText(answer) ?? '',
      source: plain(at(places.source)),
      rating: ratingOf(plain(at(places.rating)), plain(at(places.difficulty))),
      columns: Object.fromEntries(names.map((name) => [name, puzzleText(value[name]) ?? plain(value[name])])),
    },
  ]
}

/** Lists of questions and of their answers beside each other. */
function columnRows(question: unknown, answer: unknown, line: number, depth: number): RawRow[] {
  const rows = rowsOfValue(question, line, depth + 1)
  const answers = Array.isArray(answer) && answer.length === rows.length ? answer.map(puzzleText) : []
  return rows.map((row, place) => ({ ...row, answer: row.answer || (answers[place] ?? '') }))
}

/** The rating as it is written, or a difficulty that is a number. */
export const ratingOf = (rating: string, difficulty: string): string =>
  rating !== '' || !Number.isFinite(Number(difficulty)) ? rating : difficulty

const plain = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/** A puzzle as text: of a string, a list of rows, a matrix of marks or numbers, or one list of all cells. */
function puzzleText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length < 2) return undefined
  if (value.every((row) => Array.isArray(row))) {
    const rows = (value as unknown[][]).map(rowText)
    const isSquare = (value as unknown[][]).every((row) => row.length === value.length)
    return isSquare && rows.every((row) => row !== undefined) ? rows.join('\n') : undefined
  }
  const isRows = value.every((row) => typeof row === 'string' && row.length === value.length)
  if (isRows) return value.join('\n')
  // All cells in one list.
  return value.length >= 4 && Number.isInteger(Math.sqrt(value.length)) ? rowText(value) : undefined
}

/** Cells close together; numbers of two digits with spaces between them. */
function rowText(cells: readonly unknown[]): string | undefined {
  const texts = cells.map((cell) => {
    if (cell === null || cell === '' || cell === false) return '.'
    return typeof cell === 'number' || typeof cell === 'string' ? String(cell) : undefined
  })
  if (texts.some((text) => text === undefined || Array.from(text).length > 2)) return undefined
  return texts.every((text) => text!.length === 1) ? texts.join('') : texts.join(' ')
}

/** The lines, counted from 1, on which the entries of a document's list begin; empty for an object. */
export function entryLines(text: string): number[] {
  const lines: number[] = []
  let [depth, line] = [0, 1]
  let isInString = false
  let isExpected = false
  for (let place = 0; place < text.length; place++) {
    const mark = text[place]!
    if (mark === '\n') line += 1
    if (isInString) {
      if (mark === '\\') place += 1
      else if (mark === '"') isInString = false
      continue
    }
    if (mark === ' ' || mark === '\n' || mark === '\r' || mark === '\t') continue
    if (isExpected && depth === 1 && mark !== ']') lines.push(line)
    isExpected = false
    if (mark === '"') isInString = true
    else if (mark === '[' || mark === '{') {
      if (depth === 0 && mark === '{') return []
      depth += 1
      isExpected = depth === 1
    } else if (mark === ']' || mark === '}') depth -= 1
    else if (mark === ',') isExpected = depth === 1
  }
  return lines
}
