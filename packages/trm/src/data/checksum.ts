import { type AnyPuzzleSet, type PuzzleFacts, puzzleAt } from './puzzle-set.ts'

/**
 * A checksum of puzzles, so that a resumed run can tell whether its data is still the same. Two 32-bit lanes of
 * MurmurHash3 (A. Appleby, public domain) over the tokens: quick and the same everywhere, but not cryptographic —
 * it finds accidents, not forgeries. Names, sources and ratings do not count.
 */
export class PuzzleChecksum {
  private first = 0x243f6a88
  private second = 0x85a308d3
  private count = 0

  /** @param kind what one puzzle looks like; it counts too */
  constructor(kind: Pick<PuzzleFacts, 'cells' | 'symbols' | 'identifiers'>) {
    this.addWord(kind.cells)
    this.addWord(kind.symbols)
    this.addWord(kind.identifiers)
  }

  /**
   * Takes in the next puzzle.
   *
   * @param inputs [S]
   * @param labels [S]
   */
  add(inputs: ArrayLike<number>, labels: ArrayLike<number>, identifier: number): void {
    this.addWord(identifier)
    for (let cell = 0; cell < inputs.length; cell++) this.addWord(inputs[cell]!)
    for (let cell = 0; cell < labels.length; cell++) this.addWord(labels[cell]!)
    this.count += 1
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return [finish(this.first ^ this.count), finish(this.second ^ this.count)]
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('')
  }

  private addWord(word: number): void {
    this.first = absorb(this.first, word)
    this.second = absorb(this.second, word)
  }
}

/** The checksum of a whole set, in the order of its puzzles; a computed set knows its own. */
export function puzzleSetChecksum(set: AnyPuzzleSet): string {
  if ('at' in set) return set.checksum
  const checksum = new PuzzleChecksum(set)
  for (let index = 0; index < set.count; index++) {
    const { inputs, labels, identifier } = puzzleAt(set, index)
    checksum.add(inputs, labels, identifier)
  }
  return checksum.digest()
}

/** Sixteen hexadecimal digits in place of the tokens [S]. */
export function tokensDigest(tokens: ArrayLike<number>): string {
  const checksum = new PuzzleChecksum({ cells: 0, symbols: 0, identifiers: 0 })
  checksum.add(tokens, [], 0)
  return checksum.digest()
}

/**
 * Sixteen hexadecimal digits in place of the names of all identifiers, in their order: with equal digests, identifiers
 * mean the same in two data sets, so an embedding table learned with one is valid for the other.
 */
export function identifierDigest(names: Iterable<string>): string {
  const checksum = new PuzzleChecksum({ cells: 0, symbols: 0, identifiers: 0 })
  const encoder = new TextEncoder()
  for (const name of names) checksum.add(encoder.encode(name), [], name.length)
  return checksum.digest()
}

/** One round of MurmurHash3. */
export function absorb(state: number, word: number): number {
  const spread = Math.imul(word, 0xcc9e2d51)
  const mixed = state ^ Math.imul((spread << 15) | (spread >>> 17), 0x1b873593)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

/** The end of MurmurHash3: every bit of the state moves every bit of the result. */
export function finish(state: number): number {
  let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return word ^ (word >>> 16)
}
