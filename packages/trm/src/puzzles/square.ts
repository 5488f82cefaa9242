/** The lines and the eight symmetries of the square. N = side, S = N² cells, numbered row by row. */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import { tokensDigest } from '../data/checksum.ts'
import type { PuzzleSymmetry } from './family.ts'

/** [2 · N][N] the cells of every row and then of every column. */
export const linesOf = (side: number): number[][] =>
  [1, side].flatMap((step) =>
    Array.from({ length: side }, (_, line) =>
      Array.from({ length: side }, (_, place) => line * (side + 1 - step) + place * step),
    ),
  )

/** Every so many cells beside each other in a line. */
export const runsOf = (side: number, length: number): number[][] =>
  linesOf(side).flatMap((line) => line.slice(length - 1).map((_, place) => line.slice(place, place + length)))

export const turns = 8

const maps = new Map<number, readonly Uint16Array[]>()

/** [8][S] the old cell that comes to each new one; the first map leaves all as it is. */
function cellMaps(side: number): readonly Uint16Array[] {
  let found = maps.get(side)
  if (found === undefined) {
    const last = side - 1
    found = Array.from({ length: turns }, (_, turn) =>
      Uint16Array.from({ length: side * side }, (_, cell) => {
        let [row, column] = [Math.floor(cell / side), cell % side]
        if (turn & 1) column = last - column
        if (turn & 2) row = last - row
        return turn & 4 ? column * side + row : row * side + column
      }),
    )
    maps.set(side, found)
  }
  return found
}

/**
 * The tokens turned or mirrored, in a new array.
 *
 * @param tokens [S]
 * @param turn 0 to 7; 0 is none
 */
export function turned(tokens: Int32Array, turn: number): Int32Array {
  const from = cellMaps(Math.sqrt(tokens.length))[turn]!
  return Int32Array.from(from, (cell) => tokens[cell]!)
}

/** The turn that undoes another: mirrored first and transposed afterwards, the two mirrors change places. */
export const inverseTurn = (turn: number): number =>
  turn & 4 ? 4 | ((turn & 1) << 1) | ((turn & 2) >> 1) : turn

/** One of the eight, each equally likely. */
export function drawTurn(random: RandomStream): PuzzleSymmetry {
  const turn = random.integer(turns)
  return {
    apply: (tokens) => turned(tokens, turn),
    invert: (tokens) => turned(tokens, inverseTurn(turn)),
  }
}

/** Sixteen hexadecimal digits that a grid and its turned and mirrored copies share, and in practice no other. */
export function squareFingerprint(tokens: Int32Array): string {
  const digests = Array.from({ length: turns }, (_, turn) => tokensDigest(turned(tokens, turn)))
  return digests.reduce((least, digest) => (digest < least ? digest : least))
}
