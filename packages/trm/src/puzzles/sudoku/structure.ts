import type { PuzzleStructure } from '../../models/structure.ts'
import { type BoxShape, blankToken, digitOffset, sudokuLayout } from './shape.ts'

/** Rows and columns, boxes, and the segments in which a line crosses a box; all digits are alike. */
export function sudokuStructure(box: BoxShape): PuzzleStructure {
  const { size, cells, units, boxOf } = sudokuLayout(box)
  const unit = (index: number): number[] => [...units.subarray(index * size, (index + 1) * size)]
  const every = (count: number, make: (index: number) => number[]) =>
    Array.from({ length: count }, (_, index) => make(index))
  const lines = every(2 * size, unit)
  const digits = every(size, (digit) => [digit + 1 + digitOffset]).flat()
  const segments = lines.flatMap((line) => {
    const boxes = [...new Set(line.map((cell) => boxOf[cell]!))]
    return boxes.map((crossed) => line.filter((cell) => boxOf[cell] === crossed))
  })
  return {
    groups: { line: lines, box: every(size, (index) => unit((2 * cells) / size + index)), segment: segments },
    grid: { rows: size, columns: size },
    exchangeable: digits,
    open: [blankToken],
    answers: digits,
  }
}
