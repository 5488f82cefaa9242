/**
 * The inverse of the standard normal distribution function, from operations that IEEE 754 rounds exactly
 * (+ − × ÷ and square root). `Math.log` and `Math.cos` may differ in the last bit between engines, so a
 * Box-Muller draw would start a run from different weights in another browser; this one cannot.
 */

const bits = new DataView(new ArrayBuffer(8))

/** Natural logarithm of a normal positive double, the same on every engine; relative error below 1e-15. */
export function portableLogarithm(x: number): number {
  bits.setFloat64(0, x)
  const high = bits.getUint32(0)
  let exponent = (high >>> 20) - 1023
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000)
  let mantissa = bits.getFloat64(0)
  if (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent += 1
  }
  // log m = 2 artanh((m − 1) / (m + 1)); |t| ≤ 0.172, so fourteen terms of the odd series reach the last bit.
  const t = (mantissa - 1) / (mantissa + 1)
  const square = t * t
  let series = 0
  for (let odd = 27; odd >= 1; odd -= 2) series = series * square + 1 / odd
  return exponent * Math.LN2 + 2 * t * series
}

/** Coefficients from the constant term upwards. */
function ratio(r: number, numerator: readonly number[], denominator: readonly number[]): number {
  let top = 0
  let bottom = 0
  for (let power = 7; power >= 0; power--) {
    top = top * r + numerator[power]!
    bottom = bottom * r + denominator[power]!
  }
  return top / bottom
}

// The published constants, written as the doubles that they round to.
const centralNumerator = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const centralDenominator = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
]
const middleNumerator = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const middleDenominator = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
]
const tailNumerator = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
]
const tailDenominator = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
]

/**
 * The x with P(X ≤ x) = probability for a standard normal X; relative error about 1e-15. Algorithm AS 241
 * (PPND16) of M. J. Wichura, Applied Statistics 37 (1988), 477–484.
 *
 * @param probability strictly between 0 and 1
 */
export function inverseNormal(probability: number): number {
  const centred = probability - 0.5
  if (Math.abs(centred) <= 0.425) {
    return centred * ratio(0.180625 - centred * centred, centralNumerator, centralDenominator)
  }
  const tail = centred < 0 ? probability : 1 - probability
  const r = Math.sqrt(-portableLogarithm(tail))
  const magnitude =
    r <= 5 ? ratio(r - 1.6, middleNumerator, middleDenominator) : ratio(r - 5, tailNumerator, tailDenominator)
  return centred < 0 ? -magnitude : magnitude
}
