/** The rows of a user's table, checked: question and answer of one length, and their group and identifier. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { ReadDataFile } from '../../data/parts.ts'
import { badLine } from '../reading/puzzle-rows.ts'
import { rawRows } from '../reading/raw-rows.ts'

export interface TableRow {
  /** Counted from 1. */
  readonly line: number
  /** Which row it is, from 0. */
  readonly index: number
  readonly question: string
  /** Empty where it is not known. */
  readonly answer: string
  readonly group: string
  readonly identifier: string
}

export interface TableColumns {
  readonly question: string | null
  readonly answer: string | null
  readonly group: string | null
  readonly identifier: string | null
  /** Cells of a question; null: as many as the first has. */
  readonly cells: number | null
  /** False: rows to be asked only may lack one. */
  readonly needsAnswers: boolean
}

/** All rows of a file; throws an InputError for the first that does not fit, and where there is none. */
export async function readTable(
  path: string,
  options: TableColumns,
  readFile: ReadDataFile,
): Promise<readonly TableRow[]> {
  const rows: TableRow[] = []
  let { cells } = options
  const wanted = 'a question and its answer, one character per cell'
  for await (const { rows: found, problems } of rawRows(await readFile(path), { name: path })) {
    if (problems[0]) throw badLine(path, problems[0], wanted)
    for (const { line, columns, ...row } of found) {
      const value = (name: string | null, usual: string): string => {
        if (name === null) return usual
        const text = columns?.[name]
        if (text !== undefined) return text
        throw new InputError({
          who: `${path}, line ${line}`,
          expected: `a column ${JSON.stringify(name)}`,
          got: columns ? Object.keys(columns).join(', ') : 'a file without column names',
          hint: 'Name a column of the file, or leave the field out.',
        })
      }
      const question = value(options.question, row.question)
      const answer = value(options.answer, row.answer)
      const length = Array.from(question).length
      cells ??= length
      const refuse = (reason: string) => badLine(path, { line, reason }, wanted)
      if (length !== cells) throw refuse(`a question of ${length} cells instead of ${cells}`)
      if (answer === '' && options.needsAnswers) throw refuse('a question without an answer')
      const answerLength = Array.from(answer).length
      if (answer !== '' && answerLength !== cells)
        throw refuse(`an answer of ${answerLength} cells to a question of ${cells}`)
      rows.push({
        line,
        index: rows.length,
        question,
        answer,
        // The same question twice is one puzzle: never trained on and tested.
        group: value(options.group, question),
        identifier: value(options.identifier, ''),
      })
    }
  }
  if (rows.length > 0 && cells! > 0) return rows
  const hint = 'Write a header question,answer and a row for each puzzle.'
  throw new InputError({ who: path, expected: 'at least one puzzle', got: 'none', hint })
}
