/**
 * Functions of four float32 numbers at once, within a few units in the last place: the polynomials of the Cephes
 * library (S. Moshier, netlib.org/cephes, single precision). Each takes the local that holds x and leaves its result on
 * the stack.
 */
import type { FunctionWriter, Local } from './assembler.ts'

/** ((c0 · x + c1) · x + …): Horner's rule. */
function polynomial(code: FunctionWriter, x: Local, [first, ...rest]: readonly [number, ...number[]]): void {
  code.floats(first)
  for (const coefficient of rest) code.get(x).simd('f32x4.mul').floats(coefficient).simd('f32x4.add')
}

/** eˣ = 2ⁿ · e^r with n = round(x / ln 2); 2ⁿ in two factors, so that neither overflows before the product does. */
export function exponential(code: FunctionWriter, x: Local): void {
  const [n, half] = [code.local('v128'), code.local('v128')]
  reduced(code, x, [-104, 89], n)
  code
    .get(n)
    .integers(...rounding.bits)
    .simd('i32x4.sub')
    .tee(n)
    .integer(1)
    .simd('i32x4.shr_s')
    .tee(half)
  powerOfTwo(code)
  code.simd('f32x4.mul').get(n).get(half).simd('i32x4.sub')
  powerOfTwo(code)
  code.simd('f32x4.mul')
}

/** Added to a small float32 number, this leaves it rounded in its lowest bits, above those of the number itself. */
const rounding = { value: 3 * 2 ** 22, bits: [0x4b400000, 0x4b400000, 0x4b400000, 0x4b400000] } as const

/**
 * e^r of x, held within the limits, on the stack.
 *
 * @param n is set to n + `rounding.value`, of which the lowest bits are n
 */
function reduced(code: FunctionWriter, x: Local, [least, most]: readonly [number, number], n: Local): void {
  const [r, whole] = [code.local('v128'), code.local('v128')]
  code.get(x).floats(least).simd('f32x4.pmax').floats(most).simd('f32x4.pmin').tee(r)
  code.floats(Math.LOG2E).simd('f32x4.mul').floats(rounding.value).simd('f32x4.add').tee(n)
  code.floats(rounding.value).simd('f32x4.sub').set(whole)
  code.get(r).get(whole).floats(0.693359375).simd('f32x4.mul', 'f32x4.sub')
  code.get(whole).floats(-2.1219444e-4).simd('f32x4.mul', 'f32x4.sub').set(r)
  polynomial(
    code,
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  )
  code.get(r).simd('f32x4.mul').get(r).simd('f32x4.mul').get(r).simd('f32x4.add').floats(1).simd('f32x4.add')
}

/** 2ⁿ of whole numbers on the stack, −126 ≤ n ≤ 127; what stands above their lowest nine bits does not matter. */
function powerOfTwo(code: FunctionWriter): void {
  code.integers(127, 127, 127, 127).simd('i32x4.add').integer(23).simd('i32x4.shl')
}

/** 1 / (1 + e⁻ˣ). Beyond the limits e⁻ˣ is nothing beside 1, or ∞ and the result 0. */
export function sigmoid(code: FunctionWriter, x: Local): void {
  const [negative, n] = [code.local('v128'), code.local('v128')]
  code.get(x).simd('f32x4.neg').set(negative).floats(1)
  reduced(code, negative, [-87, 89], n)
  code.get(n)
  powerOfTwo(code)
  code.simd('f32x4.mul').floats(1).simd('f32x4.add', 'f32x4.div')
}

/** ln x of x = 2ᵉ · m with √½ ≤ m < √2. 0 gives −∞, a negative number NaN. */
export function logarithm(code: FunctionWriter, x: Local): void {
  const [e, m, square, isSmall] = [1, 2, 3, 4].map(() => code.local('v128')) as [Local, Local, Local, Local]
  code
    .get(x)
    .integer(23)
    .simd('i32x4.shr_u')
    .integers(126, 126, 126, 126)
    .simd('i32x4.sub', 'f32x4.convert_i32x4_s')
    .set(e)
  code
    .get(x)
    .integers(0x7fffff, 0x7fffff, 0x7fffff, 0x7fffff)
    .simd('v128.and')
    .floats(0.5)
    .simd('v128.or')
    .tee(m)
  code.floats(Math.SQRT1_2).simd('f32x4.lt').set(isSmall)
  code.get(e).floats(1).get(isSmall).simd('v128.and', 'f32x4.sub').set(e)
  code.get(m).get(m).get(isSmall).simd('v128.and', 'f32x4.add').floats(1).simd('f32x4.sub').tee(m)
  code.get(m).simd('f32x4.mul').set(square)
  polynomial(
    code,
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  )
  code.get(m).simd('f32x4.mul').get(square).simd('f32x4.mul')
  code.get(e).floats(-2.1219444e-4).simd('f32x4.mul', 'f32x4.add')
  code.get(square).floats(0.5).simd('f32x4.mul', 'f32x4.sub').get(m).simd('f32x4.add')
  code.get(e).floats(0.693359375).simd('f32x4.mul', 'f32x4.add').set(m)
  // Beside the numbers: ∞ stays, 0 and what is negative.
  code.get(x).get(m).get(x).floats(Number.POSITIVE_INFINITY).simd('f32x4.eq', 'v128.bitselect').set(m)
  code.floats(Number.NEGATIVE_INFINITY).get(m).get(x).floats(0).simd('f32x4.eq', 'v128.bitselect').set(m)
  code.floats(Number.NaN).get(m).get(x).floats(0).simd('f32x4.lt', 'v128.bitselect')
}

/** arctan x: of |x| above tan 3π/8 as π/2 − arctan 1/x, above tan π/8 as π/4 + arctan (x − 1) / (x + 1). */
export function arctangent(code: FunctionWriter, x: Local): void {
  const names = [1, 2, 3, 4, 5].map(() => code.local('v128')) as [Local, Local, Local, Local, Local]
  const [a, start, square, isLarge, isMiddle] = names
  code.get(x).simd('f32x4.abs').tee(a).floats(2.414213562373095).simd('f32x4.gt').set(isLarge)
  code.get(a).floats(0.414213562373095).simd('f32x4.gt').set(isMiddle)
  code
    .floats(Math.PI / 2)
    .floats(Math.PI / 4)
    .get(isMiddle)
    .simd('v128.and')
    .get(isLarge)
    .simd('v128.bitselect')
    .set(start)
  code.floats(-1).get(a).simd('f32x4.div')
  code.get(a).floats(1).simd('f32x4.sub').get(a).floats(1).simd('f32x4.add', 'f32x4.div')
  code.get(a).get(isMiddle).simd('v128.bitselect').get(isLarge).simd('v128.bitselect').tee(a)
  code.get(a).simd('f32x4.mul').set(square)
  polynomial(code, square, [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1])
  code
    .get(square)
    .simd('f32x4.mul')
    .get(a)
    .simd('f32x4.mul')
    .get(a)
    .simd('f32x4.add')
    .get(start)
    .simd('f32x4.add')
  const signs = [1, 1, 1, 1].map(() => -0x80000000) as [number, number, number, number]
  code
    .get(x)
    .integers(...signs)
    .simd('v128.and', 'v128.or')
}

/** 1, 0 or −1. */
export function sign(code: FunctionWriter, x: Local): void {
  code.get(x).floats(0).simd('f32x4.gt').floats(1).simd('v128.and')
  code.get(x).floats(0).simd('f32x4.lt').floats(1).simd('v128.and', 'f32x4.sub')
}

/** The upper half of the bits, rounded to nearest, ties to even: half a unit is added, less one bit where the last is 0. */
export function roundToBfloat16(code: FunctionWriter, x: Local): void {
  code.floats(Number.NaN).get(x).integers(0x7fff, 0x7fff, 0x7fff, 0x7fff).simd('i32x4.add')
  code.get(x).integer(16).simd('i32x4.shr_u').integers(1, 1, 1, 1).simd('v128.and', 'i32x4.add')
  code.integers(-0x10000, -0x10000, -0x10000, -0x10000).simd('v128.and')
  code.get(x).get(x).simd('f32x4.ne', 'v128.bitselect')
}
