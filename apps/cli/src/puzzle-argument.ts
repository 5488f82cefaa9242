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
  type PuzzleKind,
  parseMaze,
  parseSudoku,
  RandomStream,
  type Recipe,
  sudokuLayout,
} from '@tiny-recursive-models/trm'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'
import { type FoundMaze, isMazeText, mazeOfFile, puzzleKindOfFile, sudokuOfFile } from './puzzle-file.ts'
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
export const newPuzzle = 'generated'

/**
 * @param argument a puzzle, a file of puzzles, or `generated`
 * @param row which puzzle of a file, or which generated one, from 1
 */
export async function readPuzzle(argument: string, row: number, opened: OpenedModel): Promise<AskedPuzzle> {
  const kind = puzzleKindOfModel(opened)
  if (argument === newPuzzle) return generatedPuzzle(kind, opened.recipe, row)
  const path = await fileOfArgument(argument)
  const who = path === null ? 'puzzle' : `${path}, puzzle ${row}`
  if (kind.puzzle === 'maze') {
    const found =
      path === null
        ? { question: parseMaze(argument, kind.size).tokens }
        : await mazeOfFile(path, row, kind.size)
    return checkedMaze(found, kind.size, who)
  }
  return checked(path === null ? parseSudoku(argument) : await sudokuOfFile(path, row), kind.shape, who)
}

/** The file that an argument names; null where it is the puzzle itself. */
async function fileOfArgument(argument: string): Promise<string | null> {
  const isFile = await stat(argument).then(
    (facts) => facts.isFile(),
    () => false,
  )
  return isFile || /\.(csv|txt|gz|sudoku|maze)$/i.test(argument) ? argument : null
}

/** The kind and size of the puzzle of an argument, to choose a model by; see `readPuzzle`. */
export async function puzzleKindOfArgument(argument: string, row: number): Promise<PuzzleKind> {
  const path = await fileOfArgument(argument)
  if (path !== null) return puzzleKindOfFile(path, row)
  if (isMazeText(argument)) return { puzzle: 'maze', size: parseMaze(argument).size }
  return { puzzle: 'sudoku', shape: parseSudoku(argument).shape }
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
