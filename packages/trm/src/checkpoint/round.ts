/** float32 to the 16-bit types: to the nearest number, of two equally near ones to the even one (IEEE 754). */

/**
 * bfloat16 is the upper half of a float32; what is beyond its largest number becomes infinite.
 *
 * @param into where the results go; as long as `numbers`, or longer
 */
export function roundToBfloat16(
  numbers: Float32Array,
  into: Uint16Array = new Uint16Array(numbers.length),
): Uint16Array {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length)
  for (let index = 0; index < bits.length; index++) {
    const value = bits[index]!
    // A number that is none stays none, also where rounding would carry its fraction away.
    const isNone = (value & 0x7fffffff) > 0x7f800000
    into[index] = isNone ? (value >>> 16) | 0x40 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16
  }
  return into
}

/**
 * The float32 numbers that halves of them are.
 *
 * @param into where they go; it has their number
 */
export function widenBfloat16(
  halves: Uint16Array,
  into: Float32Array = new Float32Array(halves.length),
): Float32Array {
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length)
  for (let index = 0; index < bits.length; index++) bits[index] = halves[index]! << 16
  return into
}

/** float16: 5 exponent bits, 10 fraction bits; beyond 65,504 infinite, below 2⁻²⁴ gone. */
export function roundToFloat16(numbers: Float32Array): Uint16Array {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length)
  return Uint16Array.from(bits, (value) => {
    const sign = (value >>> 16) & 0x8000
    const size = value & 0x7fffffff
    if (size > 0x7f800000) return sign | 0x7e00
    // 65,520, half a step above the largest number, and all beyond.
    if (size >= 0x477ff000) return sign | 0x7c00
    // From 2⁻¹⁴ on: move the exponent from bias 127 to 15 and drop 13 bits; a carry into the exponent is right.
    if (size >= 0x38800000) return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
    // Subnormal: counts of 2⁻²⁴.
    const exponent = size >>> 23
    if (exponent < 102) return sign
    const fraction = (size & 0x7fffff) | 0x800000
    const shift = 126 - exponent
    const whole = fraction >>> shift
    const rest = fraction & ((1 << shift) - 1)
    const half = 1 << (shift - 1)
    return sign | (rest > half || (rest === half && whole & 1) ? whole + 1 : whole)
  })
}

/** Whether every number is one of bfloat16, so that it can be stored as such without loss. */
export function isBfloat16(numbers: Float32Array): boolean {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length)
  return bits.every((value) => (value & 0xffff) === 0)
}
