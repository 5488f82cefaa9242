import type { PuzzleStructure } from '../../models/structure.ts'
import { linesOf } from '../square.ts'
import { type BoxShape, blankToken, digitOffset, sudokuLayout } from './shape.ts'

/** Rows and columns, boxes, and the segments in which a line crosses a box; all digits are alike. */
export function sudokuStructure(box: BoxShape): PuzzleStructure {
  const { size, cells, units, boxOf } = sudokuLayout(box)
  const lines = linesOf(size)
  const every = <Item>(make: (index: number) => Item) =>
    Array.from({ length: size }, (_, index) => make(index))
  const digits = every((digit) => digit + 1 + digitOffset)
  const boxes = every((index) => [
    ...units.subarray(2 * cells + index * size, 2 * cells + (index + 1) * size),
  ])
  const segments = lines.flatMap((line) => {
    const boxes = [...new Set(line.map((cell) => boxOf[cell]!))]
    return boxes.map((crossed) => line.filter((cell) => boxOf[cell] === crossed))
  })
  return {
    groups: { line: lines, box: boxes, segment: segments },
    grid: { rows: size, columns: size },
    exchangeable: digits,
    open: [blankToken],
    answers: digits,
  }
}
