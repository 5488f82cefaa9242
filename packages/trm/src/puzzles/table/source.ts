/** A user's own table of questions and answers as the data of a recipe. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { identifierDigest } from '../../data/checksum.ts'
import { trainingPuzzles } from '../../data/data-sets.ts'
import { dataKind, dataSeed, pathOrNull, puzzleCount, section, text } from '../../data/fields.ts'
import type { ReadDataFile } from '../../data/parts.ts'
import { ignoredLabel, type PuzzleSet } from '../../data/puzzle-set.ts'
import type { Board, PuzzleSource } from '../family.ts'
import { refuseSharedPuzzles } from '../reading/file-source.ts'
import { characters, maxSymbols, side, type TableKind, tableBoard } from './board.ts'
import { readTable, type TableRow } from './rows.ts'

const column = () => text(1, 200).nullable().default(null)

export const tableFields = z.strictObject(
  {
    kind: dataKind('table'),
    train: pathOrNull().meta({
      description: 'path of a CSV, TSV or JSON-lines file with a question and its answer in every row',
    }),
    test: pathOrNull().default(null).meta({
      description: 'path of a file of its own to test on; null = `testCount` rows of the training file',
    }),
    testCount: puzzleCount(0).default(0).meta({
      description: 'rows of the training file held out for the test, where `test` is null',
    }),
    validation: puzzleCount(0).meta({
      description: 'rows of the training file held out for validation',
    }),
    trainCount: puzzleCount(1).nullable().default(null).meta({
      description: 'size of a seeded sample of the remaining rows; null = all of them',
    }),
    question: column().meta({
      description: 'name of the column of questions; null = one of a known name (question, puzzle …)',
    }),
    answer: column().meta({
      description: 'name of the column of answers; null = one of a known name (answer, solution …)',
    }),
    group: column().meta({
      description:
        'name of a column: rows with the same value are never split between training, validation and test; null = no such column',
    }),
    identifier: column().meta({
      description:
        'name of a column: rows with the same value share a puzzle embedding; null = no such column',
    }),
    rows: side().nullable().default(null).meta({
      description: 'rows of the grid in which cells are drawn; null = a square, or one row',
    }),
    columns: side().nullable().default(null).meta({
      description: 'columns of the same; give both or neither',
    }),
    symbols: characters(1, maxSymbols).nullable().default(null).meta({
      description: 'all characters of questions and answers; null = found in the training file',
    }),
    open: characters(0, maxSymbols).nullable().default(null).meta({
      description:
        'characters that stand where an answer differs from its question; null = found in the training file',
    }),
    answers: characters(0, maxSymbols).nullable().default(null).meta({
      description: 'characters that answers have there; null = found in the training file',
    }),
    seed: dataSeed(),
  },
  section,
)

export type TableData = z.infer<typeof tableFields>
export type TableInput = z.input<typeof tableFields>

export const tableSource = {
  kind: 'table',
  fields: tableFields,
  kindOf,
  violation({ rows, columns }) {
    if ((rows === null) === (columns === null)) return null
    return {
      key: rows === null ? 'data.rows' : 'data.columns',
      expected: 'a number, like the other side of the grid',
      got: 'null',
      hint: 'Give both data.rows and data.columns, or neither.',
    }
  },
  complete,
  async load(data, readFile) {
    const whole = await complete(data, readFile)
    const board = boardOfTable(whole)
    const rows = await rowsOf(whole.train, whole, readFile)
    const names = identifierNames(rows, whole)
    const digest = names.length > 1 ? identifierDigest(names) : undefined
    const toSet = (chosen: readonly TableRow[], name: string) => tableSet(chosen, board, name, names, digest)
    const parts = split(rows, whole)
    const testRows = whole.test === null ? parts.test : await rowsOf(whole.test, whole, readFile)
    const train = toSet(parts.train, `${whole.train} train`)
    const test = toSet(testRows, whole.test ?? `${whole.train} test`)
    refuseSharedPuzzles(train, test)
    return {
      train: trainingPuzzles(train),
      validation: toSet(parts.validation, `${whole.train} validation`),
      test,
      augment: 'none',
      facts: { table: boardFacts(board, names) },
      trainIndices: whole.trainCount === null ? null : parts.train.map(({ index }) => index),
      validationIndices: parts.validation.map(({ index }) => index),
    }
  },
} as const satisfies PuzzleSource<TableData>

function kindOf({ rows, columns, symbols, open, answers }: TableData): TableKind | undefined {
  if (rows === null || columns === null || symbols === null || open === null || answers === null)
    return undefined
  return { puzzle: 'table', rows, columns, symbols, open, answers }
}

const boardOfTable = (data: TableData): Board => tableBoard(kindOf(data)!)

const boardFacts = ({ rows, columns, marks }: Board, names: readonly string[]) => ({
  rows,
  columns,
  symbols: marks.slice(1).join(''),
  identifiers: names.length > 1 ? names : null,
})

/** Finds in the training file what the fields leave open. */
async function complete(data: TableData, readFile: ReadDataFile): Promise<TableData> {
  if (kindOf(data) || data.train === null) {
    if (data.train !== null) return data
    throw new InputError({
      who: 'data.train',
      expected: 'a file of questions and answers (CSV, TSV or JSON lines, plain or .gz)',
      got: 'null',
      hint: 'Set `data.train=FILE`.',
    })
  }
  const rows = await rowsOf(data.train, data, readFile)
  const cells = Array.from(rows[0]!.question).length
  const [symbols, open, answers] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const { question, answer } of rows) {
    const found = Array.from(answer)
    for (const [cell, mark] of Array.from(question).entries()) {
      symbols.add(mark).add(found[cell]!)
      if (mark !== found[cell]) open.add(mark)
    }
  }
  for (const { question, answer } of rows) {
    const found = Array.from(answer)
    for (const [cell, mark] of Array.from(question).entries()) if (open.has(mark)) answers.add(found[cell]!)
  }
  const sorted = (marks: ReadonlySet<string>) => [...marks].sort().join('')
  const whole = Math.sqrt(cells)
  const isSquare = Number.isInteger(whole)
  const { rows: height = isSquare ? whole : 1, columns: width = isSquare ? whole : cells } = {
    ...(data.rows !== null && data.columns !== null && { rows: data.rows, columns: data.columns }),
  }
  if (height * width !== cells) {
    throw new InputError({
      who: 'data.rows',
      expected: `data.rows × data.columns to be the ${cells} cells of a question`,
      got: `${height} × ${width}`,
      hint: 'Correct them, or leave both out.',
    })
  }
  const completed = {
    ...data,
    rows: height,
    columns: width,
    symbols: data.symbols ?? sorted(symbols),
    open: data.open ?? sorted(open),
    answers: data.answers ?? sorted(answers),
  }
  return tableFields.parse(completed)
}

function rowsOf(path: string | null, data: TableData, readFile: ReadDataFile): Promise<readonly TableRow[]> {
  const cells = data.rows !== null && data.columns !== null ? data.rows * data.columns : null
  return readTable(path!, { ...data, cells, needsAnswers: path === data.train }, readFile)
}

/** The name of every identifier of the training file; the first is of those without one. */
function identifierNames(rows: readonly TableRow[], { identifier }: TableData): readonly string[] {
  return identifier === null ? [''] : ['', ...new Set(rows.map((row) => row.identifier).sort())]
}

function tableSet(
  rows: readonly TableRow[],
  board: Board,
  name: string,
  names: readonly string[],
  digest: string | undefined,
): PuzzleSet {
  const cells = board.rows * board.columns
  const inputs = new Int32Array(rows.length * cells)
  const labels = new Int32Array(rows.length * cells)
  const places = new Map(names.map((known, place) => [known, place]))
  const identifierOf = ({ identifier, line }: TableRow): number => {
    const place = names.length > 1 ? places.get(identifier) : 0
    if (place !== undefined) return place
    throw new InputError({
      who: `${name}, line ${line}`,
      expected: 'an identifier from the training file',
      got: JSON.stringify(identifier),
      hint: 'A puzzle embedding is learned for each identifier: an unseen one has none.',
    })
  }
  const tokens = (text: string, line: number, column: string) => {
    try {
      return board.parse(text)
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause
      const { expected, got } = cause
      const hint = 'Correct or remove the line.'
      throw new InputError({ who: `${name}, line ${line}, ${column}`, expected, got, hint }, { cause })
    }
  }
  for (const [place, row] of rows.entries()) {
    inputs.set(tokens(row.question, row.line, 'question'), place * cells)
    if (row.answer === '') labels.fill(ignoredLabel, place * cells, (place + 1) * cells)
    else labels.set(tokens(row.answer, row.line, 'answer'), place * cells)
  }
  return {
    name,
    count: rows.length,
    cells,
    symbols: board.names.length,
    identifiers: names.length,
    inputs,
    labels,
    puzzleIdentifiers: Int32Array.from(rows, identifierOf),
    ...(digest !== undefined && { identifierDigest: digest }),
  }
}

interface Split {
  readonly train: readonly TableRow[]
  readonly validation: readonly TableRow[]
  readonly test: readonly TableRow[]
}

/** Whole groups, in a seeded order: first to the test, then to validation, the rest to training. */
function split(rows: readonly TableRow[], data: TableData): Split {
  const groups = new Map<string, TableRow[]>()
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row])
  const order = [...groups.values()]
  const shuffled = Array.from(
    new RandomStream(data.seed, 'split').permutation(order.length),
    (at) => order[at]!,
  )
  let next = 0
  const take = (count: number): TableRow[] => {
    const taken: TableRow[] = []
    while (taken.length < count && next < shuffled.length) taken.push(...shuffled[next++]!)
    return taken
  }
  const test = take(data.test === null ? data.testCount : 0)
  const validation = take(data.validation)
  const rest = take(Number.POSITIVE_INFINITY)
  const train = data.trainCount === null ? rest : rest.slice(0, data.trainCount)
  if (train.length >= (data.trainCount ?? 1)) return { train, validation, test }
  throw new InputError({
    who: String(data.train),
    expected: `at least ${data.trainCount ?? 1} rows to train on, in addition to ${test.length} for testing and ${validation.length} for validation`,
    got: `${rows.length} in all`,
    hint: 'Lower data.trainCount, data.testCount or data.validation, or use a larger file.',
  })
}
