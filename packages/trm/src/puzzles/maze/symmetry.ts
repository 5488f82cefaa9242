/** The eight symmetries of the square. N = size, S = N² cells. */
import { tokensDigest } from '../../data/checksum.ts'
import { mazeSizeOf } from './grid.ts'

export const symmetries = 8

const maps = new Map<number, readonly Uint16Array[]>()

/** [8][S] the old cell that comes to each new one; the first map leaves all as it is. */
function cellMaps(size: number): readonly Uint16Array[] {
  let found = maps.get(size)
  if (found === undefined) {
    const last = size - 1
    found = Array.from({ length: symmetries }, (_, symmetry) =>
      Uint16Array.from({ length: size * size }, (_, cell) => {
        let [row, column] = [Math.floor(cell / size), cell % size]
        if (symmetry & 1) column = last - column
        if (symmetry & 2) row = last - row
        return symmetry & 4 ? column * size + row : row * size + column
      }),
    )
    maps.set(size, found)
  }
  return found
}

/**
 * The tokens under one of the eight symmetries, in a new array.
 *
 * @param tokens [S]
 * @param symmetry 0 to 7; 0 is none
 */
export function turnMaze(tokens: Int32Array, symmetry: number): Int32Array {
  const from = cellMaps(mazeSizeOf(tokens.length)!)[symmetry]!
  return Int32Array.from(from, (cell) => tokens[cell]!)
}

/** Sixteen hexadecimal digits that a question and its symmetric copies share, and in practice no other. */
export function mazeFingerprint(question: Int32Array): string {
  const digests = Array.from({ length: symmetries }, (_, symmetry) =>
    tokensDigest(turnMaze(question, symmetry)),
  )
  return digests.reduce((least, digest) => (digest < least ? digest : least))
}
