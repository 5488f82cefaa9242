import { InputError } from '../errors.ts'
import { inverseNormal } from './normal.ts'
import { philox4x32 } from './philox.ts'

const twoTo32 = 2 ** 32
const twoTo52 = 2 ** 52
const twoTo53 = 2 ** 53
/** P(X < −2) for a standard normal X. */
const probabilityBelowMinus2 = 0.02275013194817921

/** What an absorbed word means, so that ('ab', 'c') and ('a', 'bc') or 1 and '1' name different streams. */
const integerTag = 1
const textTag = 2
const endOfTextTag = 3

/** An array whose items can be exchanged in place: a plain or a typed one. */
interface Exchangeable<T> {
  readonly length: number
  [index: number]: T
}

/**
 * A stream of random numbers named by a seed and a path. The n-th number is a pure function of (seed, path, n):
 * the same on every platform, with nothing to save for a resume, and streams of different paths never disturb
 * each other.
 *
 * @example new RandomStream(7, 'augment', 1234).integer(9)
 */
export class RandomStream {
  private readonly key0: number
  private readonly key1: number
  private readonly high0: number
  private readonly high1: number
  private readonly block = new Uint32Array(4)
  private blocks = 0
  private used = 4

  /**
   * @param seed any safe integer
   * @param path names of the stream: text and safe integers
   */
  constructor(seed: number, ...path: readonly (string | number)[]) {
    const name = new Uint32Array(4)
    absorbInteger(name, seed, 'the seed')
    path.forEach((part, index) => {
      if (typeof part === 'string') absorbText(name, part)
      else absorbInteger(name, part, `part ${index + 1} of the path`)
    })
    // 128 bits name the stream: half of them the key, half the upper words of the counter.
    this.key0 = name[0]!
    this.key1 = name[1]!
    this.high0 = name[2]!
    this.high1 = name[3]!
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    if (this.used === 4) {
      this.block[0] = this.blocks >>> 0
      this.block[1] = Math.floor(this.blocks / twoTo32)
      this.block[2] = this.high0
      this.block[3] = this.high1
      philox4x32(this.block, this.key0, this.key1)
      this.blocks += 1
      this.used = 0
    }
    return this.block[this.used++]!
  }

  /** A number in [0, 1) with 53 random bits, from two words. */
  float(): number {
    return (this.uint32() * 2 ** 21 + (this.uint32() >>> 11)) / twoTo53
  }

  /** A whole number from 0 to bound − 1, every one equally likely: words beyond the last whole multiple are drawn again. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > twoTo32) {
      throw new InputError({
        who: 'RandomStream.integer',
        expected: 'a whole bound from 1 to 4294967296',
        got: String(bound),
        hint: 'Numbers from 0 to bound − 1 are drawn.',
      })
    }
    const fair = twoTo32 - (twoTo32 % bound)
    let word = this.uint32()
    while (word >= fair) word = this.uint32()
    return word % bound
  }

  /** A standard normal number, by the inverse distribution function; two words each. */
  normal(): number {
    return inverseNormal(this.openFloat())
  }

  /** A standard normal number given that it lies between −2 and 2: no rejection, two words each. */
  truncatedNormal(): number {
    return inverseNormal(probabilityBelowMinus2 + this.openFloat() * (1 - 2 * probabilityBelowMinus2))
  }

  /** Shuffles in place, every order equally likely (Fisher-Yates), and returns the same array. */
  shuffle<Items extends Exchangeable<unknown>>(items: Items): Items {
    for (let last = items.length - 1; last > 0; last--) {
      const chosen = this.integer(last + 1)
      const item = items[last]
      items[last] = items[chosen]
      items[chosen] = item
    }
    return items
  }

  /** [count] the numbers 0 to count − 1 in random order. */
  permutation(count: number): Uint32Array {
    const order = new Uint32Array(count)
    for (let index = 0; index < count; index++) order[index] = index
    return this.shuffle(order)
  }

  /** Strictly between 0 and 1: the middles of 2⁵² equal intervals. */
  private openFloat(): number {
    return (this.uint32() * 2 ** 20 + (this.uint32() >>> 12) + 0.5) / twoTo52
  }
}

function absorb(name: Uint32Array, word: number, tag: number): void {
  philox4x32(name, word, tag)
}

function absorbInteger(name: Uint32Array, value: number, what: string): void {
  if (!Number.isSafeInteger(value)) {
    throw new InputError({
      who: 'RandomStream',
      expected: `${what} to be a whole number between ±9007199254740991`,
      got: String(value),
      hint: 'Round it, or name the stream with text.',
    })
  }
  absorb(name, value | 0, integerTag)
  absorb(name, Math.floor(value / twoTo32) | 0, integerTag)
}

function absorbText(name: Uint32Array, text: string): void {
  for (let index = 0; index < text.length; index++) absorb(name, text.charCodeAt(index), textTag)
  absorb(name, text.length, endOfTextTag)
}
