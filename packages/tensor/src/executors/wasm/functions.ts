/**
 * Functions of four float32 numbers at once, within a few units in the last place: the polynomials of the Cephes
 * library (S. Moshier, netlib.org/cephes, single precision). Each takes the local that holds x and leaves its result on
 * the stack.
 */
import type { FunctionWriter, Local } from './assembler.ts'

/** Whether the engine multiplies and adds in one instruction. */
type IsFused = boolean

/** · b + c, of what is on the stack. */
function timesPlus(code: FunctionWriter, isFused: IsFused, b: () => void, c: () => void): void {
  b()
  if (!isFused) code.simd('f32x4.mul')
  c()
  code.simd(isFused ? 'f32x4.relaxed_madd' : 'f32x4.add')
}

/** ((c0 · x + c1) · x + …): Horner's rule. */
function polynomial(
  code: FunctionWriter,
  isFused: IsFused,
  x: Local,
  [first, ...rest]: readonly [number, ...number[]],
): void {
  code.floats(first)
  for (const coefficient of rest)
    timesPlus(
      code,
      isFused,
      () => code.get(x),
      () => code.floats(coefficient),
    )
}

/** eˣ = 2ⁿ · e^r with n = round(x / ln 2); 2ⁿ in two factors, so that neither overflows before the product does. */
export function exponential(code: FunctionWriter, x: Local, isFused: IsFused): void {
  const [n, half] = [code.local('v128'), code.local('v128')]
  reduced(code, isFused, x, { sign: 1, least: -104, most: 89, bias: 0 }, n)
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

/** Of eˣ or, with the sign −1, of e⁻ˣ: x is held within the limits. */
interface Reduction {
  readonly sign: 1 | -1
  readonly least: number
  readonly most: number
  /** A whole number that n is handed out with. */
  readonly bias: number
}

/** (e^r − 1 − r) / r² from the highest power down, within 2⁻²⁸ for |r| ≤ ln 2 / 2: least squares, reweighted (Lawson). */
const exponentialSeries = [
  1.3814467238262296e-3, 8.368780836462975e-3, 4.166839271783829e-2, 1.666651964187622e-1,
  4.999999403953552e-1,
] as const

/**
 * e^r of ±x, on the stack; with the sign −1 r is found as −r, which costs no instruction.
 *
 * @param n is set to n + bias + `rounding.value`, of which the lowest bits are n + bias
 */
function reduced(
  code: FunctionWriter,
  isFused: IsFused,
  x: Local,
  { sign, least, most, bias }: Reduction,
  n: Local,
): void {
  const [r, whole] = [code.local('v128'), code.local('v128')]
  const [constant, local] = [
    (value: number) => () => code.floats(value),
    (value: Local) => () => code.get(value),
  ]
  code.get(x).floats(least).simd('f32x4.pmax').floats(most).simd('f32x4.pmin').tee(r)
  timesPlus(code, isFused, constant(sign * Math.LOG2E), constant(rounding.value + bias))
  code
    .tee(n)
    .floats(rounding.value + bias)
    .simd('f32x4.sub')
    .set(whole)
  for (const part of [0.693359375, -2.1219444e-4]) {
    code.get(whole)
    timesPlus(code, isFused, constant(-sign * part), local(r))
    code.set(r)
  }
  const [first, ...rest] = exponentialSeries.map((value, index) => (index % 2 === 0 ? value : sign * value))
  polynomial(code, isFused, r, [first!, ...rest])
  code.get(r).simd('f32x4.mul')
  timesPlus(code, isFused, local(r), sign === 1 ? local(r) : () => code.get(r).simd('f32x4.neg'))
  code.floats(1).simd('f32x4.add')
}

/** 2ⁿ of whole numbers on the stack, −126 ≤ n ≤ 127; what stands above their lowest nine bits does not matter. */
function powerOfTwo(code: FunctionWriter): void {
  code.integers(127, 127, 127, 127).simd('i32x4.add').integer(23).simd('i32x4.shl')
}

/** 1 / (1 + e⁻ˣ). Beyond the limits e⁻ˣ is nothing beside 1, or ∞ and the result 0. */
export function sigmoid(code: FunctionWriter, x: Local, isFused: IsFused): void {
  const n = code.local('v128')
  code.floats(1)
  reduced(code, isFused, x, { sign: -1, least: -89, most: 87, bias: 127 }, n)
  timesPlus(
    code,
    isFused,
    () => code.get(n).integer(23).simd('i32x4.shl'),
    () => code.floats(1),
  )
  code.simd('f32x4.div')
}

/** ln x of x = 2ᵉ · m with √½ ≤ m < √2. 0 gives −∞, a negative number NaN. */
export function logarithm(code: FunctionWriter, x: Local, isFused: IsFused): void {
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
    isFused,
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
export function arctangent(code: FunctionWriter, x: Local, isFused: IsFused): void {
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
  polynomial(
    code,
    isFused,
    square,
    [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1],
  )
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

/**
 * The upper half of the bits, rounded to nearest, ties to even: half a unit is added, less one bit where the last is 0. What
 * is no number gets all bits of its upper half, and so stays none.
 */
export function roundToBfloat16(code: FunctionWriter, x: Local): void {
  code.get(x).integers(0x7fff, 0x7fff, 0x7fff, 0x7fff).simd('i32x4.add')
  code.get(x).integer(15).simd('i32x4.shl').integer(31).simd('i32x4.shr_u', 'i32x4.add')
  code.get(x).get(x).simd('f32x4.ne', 'v128.or')
  code.integers(-0x10000, -0x10000, -0x10000, -0x10000).simd('v128.and')
}
