/** The puzzle of `trm solve`: written out, the row of a file, or a new one; refused where no model can be asked. */
import { stat } from 'node:fs/promises'
import {
  type BoxShape,
  checkMazeQuestion,
  checkQuestion,
  generateMaze,
  generatePuzzle,
  InputError,
  labelPath,
  largestMaze,
  type PuzzleKind,
  parseMaze,
  parseSudoku,
  RandomStream,
  type Recipe,
  readMazeFile,
  readSudokuFile,
  sudokuLayout,
} from '@tiny-recursive-models/trm'
import { type OpenedModel, readDataFile } from '@tiny-recursive-models/trm/node'
import { puzzleKindOfModel } from './puzzle-kind.ts'
import { mazeView, type PuzzleView, sudokuView } from './puzzle-view.ts'

export interface AskedPuzzle {
  readonly view: PuzzleView
  /** [S] */
  readonly question: Int32Array
  /** [S] the one answer that counts as exact, where a puzzle has others that are valid. */
  readonly label: Int32Array | null
  /** What is unusual about it but no reason not to try. */
  readonly warning: string | null
}

/** What stands for a new puzzle in place of a written one. */
const newPuzzle = 'generated'

/**
 * @param argument a puzzle, a file of puzzles, or `generated`
 * @param row which puzzle of a file, or which generated one, from 1
 */
export async function readPuzzle(argument: string, row: number, opened: OpenedModel): Promise<AskedPuzzle> {
  const kind = puzzleKindOfModel(opened)
  if (argument === newPuzzle) return generatedPuzzle(kind, opened.recipe, row)
  const isFile = await stat(argument).then(
    (facts) => facts.isFile(),
    () => false,
  )
  const path = isFile || /\.(csv|txt|gz|sudoku|maze)$/i.test(argument) ? argument : null
  const who = path === null ? 'puzzle' : `${path}, puzzle ${row}`
  if (kind.puzzle === 'maze') {
    const found =
      path === null
        ? { question: parseMaze(argument, kind.size).tokens }
        : await mazeOfFile(path, row, kind.size)
    return checkedMaze(found, kind.size, who)
  }
  return checked(path === null ? parseSudoku(argument) : await fromFile(path, row), kind.shape, who)
}

/** A puzzle of a set: it is known to be sound. */
export function puzzleOfSet(opened: OpenedModel, question: Int32Array, label: Int32Array): AskedPuzzle {
  const kind = puzzleKindOfModel(opened)
  return kind.puzzle === 'maze'
    ? { view: mazeView(kind.size), question, label, warning: null }
    : { view: sudokuView(kind.shape), question, label: null, warning: null }
}

/** A new puzzle as the model was trained on, number `row`. */
function generatedPuzzle(kind: PuzzleKind, { data }: Recipe, row: number): AskedPuzzle {
  const random = new RandomStream(row, 'new puzzle')
  if (kind.puzzle === 'sudoku') {
    const minimal = data.kind === 'sudoku-generated' && data.minimal
    const { question } = generatePuzzle(kind.shape, random, { minimal })
    return { view: sudokuView(kind.shape), question, label: null, warning: null }
  }
  const usual = { minimumDensity: 0.3, maximumDensity: 0.5, minimumPath: kind.size }
  const options = data.kind === 'maze-generated' ? data : usual
  const { question, answer } = generateMaze(kind.size, random, options)
  return { view: mazeView(kind.size), question, label: answer, warning: null }
}

interface FoundMaze {
  readonly question: Int32Array
  readonly answer?: Int32Array
}

async function mazeOfFile(path: string, row: number, size: number): Promise<FoundMaze> {
  const bytes = await readDataFile(path)
  // A maze drawn with one line a row, as long as its lines are no whole mazes of the model's size.
  if (bytes.length < 2000) {
    const text = new TextDecoder().decode(bytes).replace(/[\r\n]+$/, '')
    const lines = text.split(/\r\n|\n|\r/)
    const isRow = (line: string) =>
      line.includes(',') || line.length > largestMaze || line.length === size ** 2
    if (lines.length > 1 && !lines.some(isRow)) return { question: parseMaze(text).tokens }
  }
  const { rows } = await readMazeFile(bytes, { name: path })
  return rows[row - 1] ?? tooFew(path, row, rows.length)
}

function checkedMaze({ question, answer }: FoundMaze, size: number, who: string): AskedPuzzle {
  if (question.length !== size * size) {
    const got = Math.sqrt(question.length)
    throw new InputError({
      who,
      expected: `a ${size}×${size} maze, as the model was trained on`,
      got: `one of ${got}×${got}`,
      hint: 'Give a maze of that size, or the run of a model for this one.',
    })
  }
  const problem = checkMazeQuestion(question)[0]
  if (problem) {
    const hint = 'Correct the maze: # is a wall, a space or . an open cell, S the start, G the goal.'
    throw new InputError({ who, expected: 'a maze that can be solved', got: problem.message, hint })
  }
  return { view: mazeView(size), question, label: answer ?? labelPath(question)!, warning: null }
}

function tooFew(path: string, row: number, count: number): never {
  throw new InputError({
    who: path,
    expected: `a file of at least ${row} puzzles`,
    got: String(count),
    hint: 'Choose another one by --row.',
  })
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
  return tooFew(path, row, rows.length)
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
  const view = sudokuView(shape)
  if (problem === undefined) return { view, question, label: null, warning: null }
  if (problem.kind === 'several-solutions' || problem.kind === 'undecided')
    return { view, question, label: null, warning: problem.message }
  throw new InputError({
    who,
    expected: 'a Sudoku that can be solved',
    got: problem.message,
    hint: problem.kind === 'no-solution' ? 'Correct the puzzle.' : 'Correct one of these cells.',
  })
}
