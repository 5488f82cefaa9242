/** The characters of written Sudokus and what they mean. N = size, S = N² cells. */
import { blankToken, digitMark, digitOffset } from './shape.ts'

/** Characters that stand for a blank; a space does too in a drawn grid. */
export const blanks = '.0_*-?xX'
/** And as this project prints it. */
const allBlanks = `${blanks}·`

/** Sizes that are read. */
export const knownSizes = [4, 6, 9, 16]
/** Sizes of grids that are recognised, if only to say that they cannot be read. */
export const drawnSizes = [4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 25]

export const supported = '4×4, 6×6, 9×9 and 16×16'

/** How digits are written: `1` to `9` and `A` to `G`; hexadecimal, `0` to `F`; or numbers, `1` to `16`. */
export type DigitWriting = 'marks' | 'hexadecimal' | 'numbers'

/** How the digits of a 16×16 grid are written; smaller grids have nothing to choose. */
export function digitWriting(marks: readonly string[], size: number): DigitWriting {
  if (size < 16) return 'marks'
  if (marks.some((mark) => mark.length > 1)) return 'numbers'
  const zeros = marks.filter((mark) => mark === '0').length
  if (zeros === 0 || marks.some((mark) => /[Gg]/.test(mark))) return 'marks'
  const hasOtherBlank = marks.some((mark) => mark !== '0' && allBlanks.includes(mark))
  const isFull = zeros === size && marks.every((mark) => /[\dA-F]/i.test(mark))
  return hasOtherBlank || isFull ? 'hexadecimal' : 'marks'
}

/** The token of a mark; undefined for what is no digit of the size and no blank. */
export function tokenOfMark(mark: string, size: number, writing: DigitWriting = 'marks'): number | undefined {
  if (mark === '0' && writing === 'hexadecimal') return 1 + digitOffset
  if (allBlanks.includes(mark)) return blankToken
  const digit = digitOf(mark, writing)
  return digit >= 1 && digit <= size ? digit + digitOffset : undefined
}

function digitOf(mark: string, writing: DigitWriting): number {
  if (writing === 'numbers') return /^\d{1,2}$/.test(mark) ? Number(mark) : 0
  if (writing === 'hexadecimal') return /^[\dA-Fa-f]$/.test(mark) ? Number.parseInt(mark, 16) + 1 : 0
  return /^[1-9A-Ga-g]$/.test(mark) ? Number.parseInt(mark, 17) : 0
}

/** The marks of a size, for messages: `a digit from 1 to 9, or . 0 _ * - ? x X for a blank`. */
export const marksOfSize = (size: number): string =>
  `a digit from 1 to ${digitMark(size)}, or ${[...blanks].join(' ')} for a blank`
