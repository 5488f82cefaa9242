import { type BoxShape, blankToken, digitOffset, type SudokuLayout, sudokuLayout } from './shape.ts'

/**
 * A fingerprint of a puzzle that its symmetric copies share: relabelled digits, exchanged rows of a band, bands,
 * columns of a stack, stacks and, where the box is square, rows exchanged with columns.
 *
 * It is colour refinement on the graph of cells, rows, columns, boxes, bands, stacks and digits: every node's
 * colour is hashed with the unordered colours around it, a few times over, so that no step depends on an order that
 * a symmetry could change. Where some cells still look alike, each cell in turn is marked and the refinement
 * repeated. Two different puzzles that get the same fingerprint are possible but rare; a generator then merely
 * passes one over.
 */

/** From one node, every other is two steps away, so information has gone all round twice. */
const rounds = 5

/**
 * Sixteen hexadecimal digits, equal for symmetric copies.
 *
 * @param question [S] tokens; the givens
 * @param answer [S] tokens; the complete solution
 */
export function sudokuFingerprint(
  shape: BoxShape,
  question: ArrayLike<number>,
  answer: ArrayLike<number>,
): string {
  const layout = sudokuLayout(shape)
  const { cells } = layout
  const colours = new Int32Array(cells)
  const start = new Int32Array(cells)
  for (let cell = 0; cell < cells; cell++) start[cell] = question[cell]! > blankToken ? 1 : 2
  colours.set(start)
  refine(layout, colours, answer)
  let [high, low] = summary(colours)
  if (new Set(colours).size < cells) {
    for (let marked = 0; marked < cells; marked++) {
      colours.set(start)
      colours[marked]! += 2
      refine(layout, colours, answer)
      const [markedHigh, markedLow] = summary(colours)
      high = (high + mix(markedHigh, markedLow)) | 0
      low = (low + mix(markedLow, markedHigh + 1)) | 0
    }
  }
  return [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** Replaces the colours of the cells [S] by refined ones. */
function refine(layout: SudokuLayout, colours: Int32Array, answer: ArrayLike<number>): void {
  const { size, cells, boxRows, boxColumns, boxOf } = layout
  // Rows and columns begin alike where a transpose may exchange them, and differ where it may not.
  const columnKind = boxRows === boxColumns ? 1 : 2
  const rows = new Int32Array(size).fill(1)
  const columns = new Int32Array(size).fill(columnKind)
  const boxes = new Int32Array(size).fill(3)
  const digits = new Int32Array(size).fill(4)
  const bands = new Int32Array(size / boxRows).fill(5)
  const stacks = new Int32Array(size / boxColumns).fill(4 + columnKind)
  const sums = new Int32Array(4 * size)
  for (let round = 0; round < rounds; round++) {
    sums.fill(0)
    for (let cell = 0; cell < cells; cell++) {
      const mixed = mix(colours[cell]!, 11)
      sums[Math.floor(cell / size)]! += mixed
      sums[size + (cell % size)]! += mixed
      sums[2 * size + boxOf[cell]!]! += mixed
      sums[3 * size + answer[cell]! - digitOffset - 1]! += mixed
    }
    spread(rows, bands, sums, 0, boxRows)
    spread(columns, stacks, sums, size, boxColumns)
    for (let index = 0; index < size; index++) {
      boxes[index] = mix(boxes[index]!, sums[2 * size + index]!)
      digits[index] = mix(digits[index]!, sums[3 * size + index]!)
    }
    for (let cell = 0; cell < cells; cell++) {
      const lines = mix(rows[Math.floor(cell / size)]!, 13) + mix(columns[cell % size]!, 13)
      const own = mix(colours[cell]!, lines | 0)
      colours[cell] = mix(mix(own, boxes[boxOf[cell]!]!), digits[answer[cell]! - digitOffset - 1]!)
    }
  }
}

/** New colours of the rows and their bands, or of the columns and their stacks. */
function spread(
  lines: Int32Array,
  groups: Int32Array,
  sums: Int32Array,
  first: number,
  groupSize: number,
): void {
  for (let line = 0; line < lines.length; line++) lines[line] = mix(lines[line]!, sums[first + line]!)
  for (let group = 0; group < groups.length; group++) {
    let sum = 0
    for (let line = group * groupSize; line < (group + 1) * groupSize; line++) sum += mix(lines[line]!, 17)
    groups[group] = mix(groups[group]!, sum | 0)
  }
  for (let line = 0; line < lines.length; line++) {
    lines[line] = mix(lines[line]!, groups[Math.floor(line / groupSize)]!)
  }
}

/** Two sums over the cells that do not depend on their order. */
function summary(colours: Int32Array): [number, number] {
  let high = 0
  let low = 0
  for (const colour of colours) {
    high = (high + mix(colour, 19)) | 0
    low = (low + mix(colour, 23)) | 0
  }
  return [high, low]
}

/** One 32-bit word from two; not symmetric. The finisher is that of MurmurHash3 (public domain, A. Appleby). */
function mix(a: number, b: number): number {
  let word = (Math.imul(a, 0xcc9e2d51) ^ Math.imul((b << 15) | (b >>> 17), 0x1b873593)) + 0x52dce729
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return word ^ (word >>> 16)
}
