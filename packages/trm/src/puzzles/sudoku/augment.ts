import type { RandomStream } from '@tiny-recursive-models/tensor'
import { type BoxShape, blankToken, digitOffset, sudokuLayout } from './shape.ts'

/** One symmetry of Sudoku: it turns a valid grid into a valid grid. S = cells, V = symbols. */
export interface Symmetry {
  /** [S] the old cell whose token comes to each new cell */
  readonly cellFrom: Uint8Array
  /** [V] the new token of each token; PAD and blank stay */
  readonly tokenTo: Uint8Array
}

/**
 * A random symmetry, as the published augmentation draws it (`shuffle_sudoku` in the official data builder):
 * a permutation of the digits, a transpose with probability 1/2 where the box is square, a permutation of the
 * bands and of the rows inside each band, and the same for stacks and columns.
 */
export function drawSymmetry(shape: BoxShape, random: RandomStream): Symmetry {
  const { size, cells, symbols, boxRows, boxColumns } = sudokuLayout(shape)
  const digits = random.permutation(size)
  const tokenTo = new Uint8Array(symbols)
  tokenTo[blankToken] = blankToken
  for (let digit = 1; digit <= size; digit++)
    tokenTo[digit + digitOffset] = digits[digit - 1]! + 1 + digitOffset
  const transposed = boxRows === boxColumns && random.integer(2) === 1
  const rowFrom = permuteLines(size / boxRows, boxRows, random)
  const columnFrom = permuteLines(size / boxColumns, boxColumns, random)
  const cellFrom = new Uint8Array(cells)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [from, across] = [rowFrom[row]!, columnFrom[column]!]
      cellFrom[row * size + column] = transposed ? across * size + from : from * size + across
    }
  }
  return { cellFrom, tokenTo }
}

/**
 * The moved and relabelled tokens, in a new array.
 *
 * @param tokens [S] question or answer; labels below zero move with their cell but keep their value
 */
export function applySymmetry(symmetry: Symmetry, tokens: Int32Array): Int32Array {
  const { cellFrom, tokenTo } = symmetry
  const moved = new Int32Array(tokens.length)
  for (let cell = 0; cell < moved.length; cell++) {
    const token = tokens[cellFrom[cell]!]!
    moved[cell] = token < 0 ? token : tokenTo[token]!
  }
  return moved
}

/** Undoes `applySymmetry`. */
export function invertSymmetry({ cellFrom, tokenTo }: Symmetry, tokens: Int32Array): Int32Array {
  const tokenFrom = new Uint8Array(tokenTo.length)
  tokenTo.forEach((to, token) => {
    tokenFrom[to] = token
  })
  const back = new Int32Array(tokens.length)
  tokens.forEach((token, cell) => {
    back[cellFrom[cell]!] = token < 0 ? token : tokenFrom[token]!
  })
  return back
}

/** [groups · groupSize] rows in shuffled bands, shuffled inside each band (or columns in stacks). */
function permuteLines(groups: number, groupSize: number, random: RandomStream): Uint8Array {
  const lines = new Uint8Array(groups * groupSize)
  let next = 0
  for (const group of random.permutation(groups)) {
    for (const line of random.permutation(groupSize)) lines[next++] = group * groupSize + line
  }
  return lines
}
