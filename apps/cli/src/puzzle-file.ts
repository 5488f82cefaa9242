/** The puzzle of a file of `trm solve`: a row of many, or one that is drawn over several lines. */
import {
  type BoxShape,
  boxShapeOfCells,
  InputError,
  largestMaze,
  mazeSizeOf,
  type PuzzleKind,
  parseMaze,
  parseSudoku,
  puzzleFileKind,
  readMazeFile,
  readSudokuFile,
} from '@tiny-recursive-models/trm'
import { readDataFile } from '@tiny-recursive-models/trm/node'

/** A file beyond this is no single drawn puzzle. */
const mostDrawnBytes = 2000

/** The kind and size of puzzle number `row` of a file. */
export async function puzzleKindOfFile(path: string, row: number): Promise<PuzzleKind> {
  const bytes = await readDataFile(path)
  const isDrawnMaze = bytes.length < mostDrawnBytes && isMazeText(new TextDecoder().decode(bytes))
  if (isDrawnMaze || (await puzzleFileKind(bytes, path)) === 'maze')
    return { puzzle: 'maze', size: Math.sqrt((await mazeOfFile(path, row)).question.length) }
  return { puzzle: 'sudoku', shape: (await sudokuOfFile(path, row)).shape }
}

/** Whether a written puzzle is a maze: it has a start or a goal, and Sudokus have no letters. */
export const isMazeText = (text: string): boolean => /[SG]/.test(text) && /^[# .SGo\r\n]+$/.test(text)

export interface FoundMaze {
  readonly question: Int32Array
  readonly answer?: Int32Array
}

/** @param size N of the model's mazes, where there is a model yet */
export async function mazeOfFile(path: string, row: number, size?: number): Promise<FoundMaze> {
  const bytes = await readDataFile(path)
  // A maze drawn with one line a row, as long as its lines are no whole mazes (of the model's size).
  if (bytes.length < mostDrawnBytes) {
    const text = new TextDecoder().decode(bytes).replace(/[\r\n]+$/, '')
    const lines = text.split(/\r\n|\n|\r/)
    const isWhole = ({ length }: string) =>
      size === undefined ? mazeSizeOf(length) !== undefined && length !== lines.length : length === size ** 2
    const isRow = (line: string) => line.includes(',') || line.length > largestMaze || isWhole(line)
    if (lines.length > 1 && !lines.some(isRow)) return { question: parseMaze(text).tokens }
  }
  const { rows } = await readMazeFile(bytes, { name: path })
  return rows[row - 1] ?? tooFew(path, row, rows.length)
}

function tooFew(path: string, row: number, count: number): never {
  throw new InputError({
    who: path,
    expected: `a file of at least ${row} puzzles`,
    got: String(count),
    hint: 'Choose another one by --row.',
  })
}

export async function sudokuOfFile(
  path: string,
  row: number,
): Promise<{ shape: BoxShape; tokens: Int32Array }> {
  const bytes = await readDataFile(path)
  if (bytes.length < mostDrawnBytes) {
    const text = new TextDecoder().decode(bytes)
    if (isDrawnSudoku(text)) return parseSudoku(text)
  }
  const { rows } = await readSudokuFile(bytes, { name: path })
  const found = rows[row - 1]
  if (found !== undefined) return { shape: found.shape, tokens: found.question }
  return tooFew(path, row, rows.length)
}

/** Cells in a line of a drawn grid: more are a row of a file, whole or with a mistake. */
const mostDrawnCells = 30

/** Whether a text is one puzzle over several lines, with or without a frame, and not one puzzle a line. */
function isDrawnSudoku(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => /[\d._*]/.test(line))
  const isPart = (line: string): boolean => {
    const cells = line.replace(/[\s|+-]/g, '').length
    return cells < mostDrawnCells && boxShapeOfCells(cells) === undefined && !line.includes(',')
  }
  return lines.length > 1 && lines.every(isPart)
}
