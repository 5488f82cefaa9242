/** Digests that tell whether two versions of a task, or two pairs, have the same content. */
import { absorb, finish } from '../../data/checksum.ts'
import { type ArcTransform, dihedralCount, walkOf } from './augment.ts'
import { colourCount, type Grid, maxSide } from './grid.ts'
import type { ArcPair, ArcTestPair } from './task.ts'

const noGrid = 0xffff
/** Lanes of 32 bits that a digest is made of. */
const lanes = 2

/**
 * Digests of the pairs as they look under a transform, whatever their order: a function from a transform to 53 bits.
 *
 * A full build asks for several million, so no grid is made and none is walked through again. The digest of a grid
 * is the sum over its cells of place key · colour key modulo 2³². For each symmetry the place keys are summed once by
 * colour; a permutation of the colours then costs ten products a grid. Of 1,000 different versions of a task two get
 * the same digest once in 10¹⁰ tasks; the second of them would merely be drawn again.
 */
export function taskDigests(pairs: readonly ArcTestPair[]): (transform: ArcTransform) => number {
  // Made when first asked for: a few versions need not see all symmetries.
  const sums = new Map<number, Int32Array>()
  const grids = pairs.flatMap(({ input, output }) => [input, output])
  return ({ dihedral, colours }) => {
    let placed = sums.get(dihedral)
    if (placed === undefined) {
      placed = placeSums(grids, dihedral)
      sums.set(dihedral, placed)
    }
    const digest = [0, 0]
    for (let lane = 0; lane < lanes; lane++) {
      let total = 0
      let place = lane * grids.length * placeWords
      for (let pair = 0; pair < pairs.length; pair++) {
        let state = lane
        for (let side = 0; side < 2; side++) {
          let sum = 0
          for (let colour = 0; colour < colourCount; colour++)
            sum = (sum + Math.imul(placed[place++]!, colourKeys[lane * colourCount + colours[colour]!]!)) | 0
          state = absorb(absorb(state, placed[place++]!), sum)
        }
        // A sum has no order, as the published builder sorts the digests of pairs.
        total = (total + finish(state)) | 0
      }
      digest[lane] = finish(total) >>> 0
    }
    return digest[0]! * 2 ** 21 + (digest[1]! >>> 11)
  }
}

/** Ten sums and a word for the size. */
const placeWords = colourCount + 1

/** [lanes, grids, 11] sums of the place keys of every colour, and the size of the grid, under one symmetry. */
function placeSums(grids: readonly (Grid | null)[], dihedral: number): Int32Array {
  const sums = new Int32Array(lanes * grids.length * placeWords)
  for (let lane = 0; lane < lanes; lane++) {
    grids.forEach((grid, index) => {
      const first = (lane * grids.length + index) * placeWords
      sums[first + colourCount] = noGrid
      if (grid === null) return
      const { turned, start, rowStep, columnStep } = walkOf(dihedral, grid.rows, grid.columns)
      const [rows, columns] = turned ? [grid.columns, grid.rows] : [grid.rows, grid.columns]
      sums[first + colourCount] = rows * maxSide + columns
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          sums[first + grid.colours[start + row * rowStep + column * columnStep]!]! +=
            placeKeys[(lane * maxSide + row) * maxSide + column]!
    })
  }
  return sums
}

/** Fixed keys that look random. */
const keys = (count: number, begin: number): Int32Array =>
  Int32Array.from({ length: count }, (_, index) => finish(absorb(begin, index + 1)))

const placeKeys = keys(lanes * maxSide * maxSide, 0x243f6a88)
/** Odd, so that no place is lost in a product. */
const colourKeys = keys(lanes * colourCount, 0x85a308d3).map((key) => key | 1)

/** A text that augmentations of a pair share, and few other pairs: sizes, and how many cells have one colour. */
export function pairOutline({ input, output }: ArcPair): string {
  return [input, output]
    .map(({ rows, columns, colours }) => {
      const counts = new Array<number>(colourCount).fill(0)
      for (const colour of colours) counts[colour]! += 1
      const [black, ...others] = counts
      const sizes = others.filter((count) => count > 0).sort((left, right) => left - right)
      return `${Math.min(rows, columns)}x${Math.max(rows, columns)}:${black}:${sizes.join()}`
    })
    .join('>')
}

/**
 * A text that two pairs share exactly when one is an augmentation of the other: the least of the eight symmetries'
 * texts, colours named in the order in which they appear.
 */
export function pairFingerprint({ input, output }: ArcPair): string {
  let least: string | null = null
  for (let dihedral = 0; dihedral < dihedralCount; dihedral++) {
    const names = [0]
    let next = 1
    const text = [input, output]
      .map((grid) => {
        const { turned, start, rowStep, columnStep } = walkOf(dihedral, grid.rows, grid.columns)
        const [rows, columns] = turned ? [grid.columns, grid.rows] : [grid.rows, grid.columns]
        let written = `${rows}x${columns}:`
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            const colour = grid.colours[start + row * rowStep + column * columnStep]!
            names[colour] ??= next++
            written += names[colour]
          }
        }
        return written
      })
      .join('>')
    if (least === null || text < least) least = text
  }
  return least!
}
