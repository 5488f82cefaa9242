/** The puzzle of `trm solve`: written out, or the row of a file; refused where a model cannot be asked about it. */
import { stat } from 'node:fs/promises'
import {
  type BoxShape,
  checkQuestion,
  InputError,
  parseSudoku,
  readSudokuFile,
  sudokuLayout,
} from '@tiny-recursive-models/trm'
import { type OpenedModel, readDataFile } from '@tiny-recursive-models/trm/node'

export interface AskedPuzzle {
  readonly shape: BoxShape
  /** [S] */
  readonly question: Int32Array
  /** What is unusual about it but no reason not to try. */
  readonly warning: string | null
}

/** The box of a Sudoku model; other models are refused. */
export function sudokuShapeOf({ recipe, source }: OpenedModel): BoxShape {
  const { data } = recipe
  if ('boxRows' in data) return { boxRows: data.boxRows, boxColumns: data.boxColumns }
  throw new InputError({
    who: source,
    expected: 'a model of Sudoku',
    got: `a model of ${data.path ?? 'other puzzles'}`,
    hint: 'trm solve reads Sudoku only; trm eval measures models of every kind.',
  })
}

/** @param row which puzzle of a file, from 1 */
export async function readPuzzle(argument: string, row: number, shape: BoxShape): Promise<AskedPuzzle> {
  const isFile = await stat(argument).then(
    (facts) => facts.isFile(),
    () => false,
  )
  const looksLikeFile = /\.(csv|txt|gz|sudoku)$/i.test(argument)
  const found = isFile || looksLikeFile ? await fromFile(argument, row) : parseSudoku(argument)
  const who = isFile || looksLikeFile ? `${argument}, puzzle ${row}` : 'puzzle'
  return checked(found, shape, who)
}

async function fromFile(path: string, row: number): Promise<{ shape: BoxShape; tokens: Int32Array }> {
  const bytes = await readDataFile(path)
  // A drawn grid is one puzzle over several lines.
  if (bytes.length < 1000) {
    const text = new TextDecoder().decode(bytes)
    const lines = text.split(/\r?\n/).filter((line) => /\d|\.|_|\*/.test(line))
    if (lines.length > 1 && lines.every((line) => line.length < 30 && !line.includes(','))) {
      try {
        return parseSudoku(text)
      } catch (error) {
        // 16 cells a line are 4×4 puzzles, one a line.
        if (!lines.every((line) => line.trim().length === 16)) throw error
      }
    }
  }
  const { rows } = await readSudokuFile(bytes, { name: path })
  const found = rows[row - 1]
  if (found !== undefined) return { shape: found.shape, tokens: found.question }
  throw new InputError({
    who: path,
    expected: `a file of at least ${row} puzzles`,
    got: String(rows.length),
    hint: 'Choose another one by --row.',
  })
}

function checked(found: { shape: BoxShape; tokens: Int32Array }, shape: BoxShape, who: string): AskedPuzzle {
  const [wanted, got] = [sudokuLayout(shape), sudokuLayout(found.shape)]
  if (got.cells !== wanted.cells) {
    throw new InputError({
      who,
      expected: `a ${wanted.size}×${wanted.size} Sudoku of ${wanted.cells} cells, as the model was trained on`,
      got: `one of ${got.size}×${got.size}`,
      hint: 'Give a puzzle of that size, or the run of a model for this one.',
    })
  }
  const problem = checkQuestion(shape, found.tokens)[0]
  const question = found.tokens
  if (problem === undefined) return { shape, question, warning: null }
  if (problem.kind === 'several-solutions' || problem.kind === 'undecided')
    return { shape, question, warning: problem.message }
  throw new InputError({
    who,
    expected: 'a Sudoku that can be solved',
    got: problem.message,
    hint: problem.kind === 'no-solution' ? 'Correct the puzzle.' : 'Correct one of these cells.',
  })
}
