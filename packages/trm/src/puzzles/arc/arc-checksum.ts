import { PuzzleChecksum } from '../../data/checksum.ts'
import { arcSymbols, encodeGrid, encodeLabels } from './encode.ts'
import type { ArcTestPair } from './task.ts'
import type { ArcVersions } from './versions.ts'

/**
 * A checksum over all that decides the puzzles: the pairs as published, and the number of every version's transform.
 * Cheap, where the puzzles themselves would take minutes.
 */
export function arcChecksum(
  versions: ArcVersions,
  canvas: number,
  asked: readonly number[],
  pairsOf: (task: number) => readonly ArcTestPair[],
): string {
  const { identifiers, packed, starts } = versions
  const checksum = new PuzzleChecksum({ cells: canvas * canvas, symbols: arcSymbols, identifiers })
  for (const task of asked) {
    for (const { input, output } of pairsOf(task)) {
      const labels = output ? encodeLabels(output, canvas) : []
      checksum.add(encodeGrid(input, canvas), labels, starts[task]!)
    }
  }
  checksum.add(packed, starts, 0)
  return checksum.digest()
}
