/** Digests that tell whether two versions of a task, or two pairs, have the same content. */
import { absorb, finish } from '../checksum.ts'
import { type ArcTransform, dihedralCount, walkOf } from './augment.ts'
import { colourCount, type Grid } from './grid.ts'
import type { ArcTestPair } from './task.ts'

/** Eight digits of a colour each fit into 32 bits. */
const coloursPerWord = 8
const noGrid = 0xffff

/**
 * 53 bits of the pairs as they look under a transform, whatever their order. No grid is made: a full build takes
 * several million of these. Of 1,000 different versions of a task two get the same number once in 10¹⁰ tasks; the
 * second would then merely be drawn again.
 */
export function taskDigest(pairs: readonly ArcTestPair[], transform: ArcTransform): number {
  let [first, second] = [0, 0]
  for (const { input, output } of pairs) {
    lanes[0] = 0x243f6a88
    lanes[1] = 0x85a308d3
    absorbGrid(input, transform)
    if (output) absorbGrid(output, transform)
    else absorbWord(noGrid)
    // A sum has no order, as the published builder sorts the digests of pairs.
    first = (first + finish(lanes[0])) | 0
    second = (second + finish(lanes[1])) | 0
  }
  return (finish(first) >>> 0) * 2 ** 21 + (finish(second) >>> 11)
}

const lanes = new Int32Array(2)

function absorbWord(word: number): void {
  lanes[0] = absorb(lanes[0]!, word)
  lanes[1] = absorb(lanes[1]!, word)
}

function absorbGrid(grid: Grid, { dihedral, colours }: ArcTransform): void {
  const { turned, start, rowStep, columnStep } = walkOf(dihedral, grid.rows, grid.columns)
  const rows = turned ? grid.columns : grid.rows
  const columns = turned ? grid.rows : grid.columns
  absorbWord(rows * 256 + columns)
  let word = 0
  let filled = 0
  for (let row = 0; row < rows; row++) {
    let source = start + row * rowStep
    for (let column = 0; column < columns; column++) {
      word = word * colourCount + colours[grid.colours[source]!]!
      source += columnStep
      filled += 1
      if (filled === coloursPerWord) {
        absorbWord(word)
        word = 0
        filled = 0
      }
    }
  }
  if (filled > 0) absorbWord(word)
}

/**
 * A text that two pairs share exactly when one is an augmentation of the other: the least of the eight symmetries'
 * texts, colours named in the order in which they appear.
 */
export function pairFingerprint(input: Grid, output: Grid): string {
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
