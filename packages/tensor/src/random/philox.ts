/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3" (SC 2011): a bijection of 128-bit counters chosen by a 64-bit key. There is no state to carry, so
 * the n-th block of any stream is computed directly. Guarded by the known answers of Random123's `kat_vectors`.
 */

const rounds = 10
const multiplier0 = 0xd2511f53
const multiplier2 = 0xcd9e8d57
/** Key increments: the golden ratio and the square root of 3 less one, as 32-bit fractions. */
const weyl0 = 0x9e3779b9
const weyl1 = 0xbb67ae85

/** Upper 32 bits of the 64-bit product, from 16-bit halves because a double holds only 53 bits exactly. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carried = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + (middle >>> 16) + (carried >>> 16)) | 0
}

/**
 * Encrypts `block` in place: four 32-bit words of counter become four random words.
 *
 * @param block [4], any 32-bit words; overwritten
 * @param key0 first key word
 * @param key1 second key word
 */
export function philox4x32(block: Uint32Array, key0: number, key1: number): void {
  let x0 = block[0]!
  let x1 = block[1]!
  let x2 = block[2]!
  let x3 = block[3]!
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, x0)
    const low0 = Math.imul(multiplier0, x0)
    const high2 = multiplyHigh(multiplier2, x2)
    const low2 = Math.imul(multiplier2, x2)
    x0 = high2 ^ x1 ^ key0
    x1 = low2
    x2 = high0 ^ x3 ^ key1
    x3 = low0
    key0 = (key0 + weyl0) | 0
    key1 = (key1 + weyl1) | 0
  }
  block[0] = x0
  block[1] = x1
  block[2] = x2
  block[3] = x3
}
