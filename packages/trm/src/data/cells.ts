import { InputError } from '@tiny-recursive-models/tensor'

/** "row 3, column 5" of a square grid, counted from 1. */
export function nameCell(cell: number, size: number): string {
  return `row ${Math.floor(cell / size) + 1}, column ${(cell % size) + 1}`
}

/**
 * Far beyond any puzzle that can be read: the largest maze has 960 characters with its line ends, a 9×9 Sudoku with
 * a frame around every cell 703, and the rest is room for indents and empty lines.
 */
const longestPuzzleText = 10_000

/** Throws before any work is done on what cannot be one puzzle, such as a whole file. */
export function refuseLongText(who: string, text: string): void {
  if (text.length <= longestPuzzleText) return
  throw new InputError({
    who,
    expected: `one puzzle, of at most ${longestPuzzleText} characters`,
    got: `${text.length} characters`,
    hint: 'Give the text of a single puzzle.',
  })
}
