/** Puzzles of our own as texts, and what a reader makes of a file. */
import { InputError } from '@tiny-recursive-models/tensor'
import { boardOf } from '../../../src/puzzles/index.ts'
import { checkPuzzleFile, readPuzzleFile } from '../../../src/puzzles/read.ts'
import type { PuzzleFileReport } from '../../../src/puzzles/reading/check-file.ts'
import type { PuzzleRow } from '../../../src/puzzles/reading/puzzle-rows.ts'

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const nine = '.71.52694..471.823623489175.4.5.8719...241536.56.7..48.15...96226.1.4..7..96...81'
export const nineAnswer = '871352694594716823623489175342568719987241536156973248415837962268194357739625481'
export const otherNine = '.3....6......91...1.2.6.7......743..9.4..3..6.8....1...29.1..4.3..2....5...8.....'
export const otherNineAnswer =
  '435728691867391452192465738251674389974183526683952174729516843318247965546839217'
export const four = '3......2....4..1'

export const rowsOf = (line: string): string[] => {
  const size = Math.sqrt(line.length)
  return Array.from({ length: size }, (_, row) => line.slice(row * size, (row + 1) * size))
}

/** A maze of 7×7 with walls `#`, open cells of spaces and its label. */
export const maze = ['## G #S', ' # # # ', ' # #   ', '####   ', '##  ###', '#    # ', ' ### # ']
export const solvedMaze = ['S  #', 'o#  ', 'oo# ', '#ooG']
export const openMaze = solvedMaze.map((row) => row.replaceAll('o', ' '))

/** A puzzle in one line, blanks and open cells as `.` and space. */
export const written = ({ kind, question }: Pick<PuzzleRow, 'kind' | 'question'>): string =>
  Array.from(question, (token) => boardOf(kind).marks[token]).join('')

/** Questions of a file, or the message of the first error. */
export async function questionsOf(text: string | Uint8Array): Promise<string[] | string> {
  const bytes = typeof text === 'string' ? bytesOf(text) : text
  try {
    return (await readPuzzleFile(bytes, { name: 'file' })).rows.map(written)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

export async function reportOf(text: string): Promise<PuzzleFileReport> {
  for await (const event of checkPuzzleFile(bytesOf(text), { name: 'file' }))
    if (event.kind === 'done') return event.report
  throw new Error('no report')
}
