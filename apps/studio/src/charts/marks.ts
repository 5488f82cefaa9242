/** Where the marks of an axis stand: at round numbers, each of which is told once. */

/** Whole steps: 1, 2 and 5 of every power of ten. */
export const stepIncrements: readonly number[] = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat()

/** Seconds that are told in words without a rest. */
export const secondIncrements: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30],
  ...[1, 2, 5, 10, 20, 30].map((minutes) => 60 * minutes),
  ...[1, 2, 4, 8, 12].map((hours) => 3600 * hours),
  ...[1, 2, 4, 7, 14, 28].map((days) => 86_400 * days),
]

/** More in one power of ten would stand on each other. */
const mostMarks = 7

/** Of a logarithmic axis: powers of ten, with what is between them as far as there is room. */
export function logMarks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high)) return []
  const powers = Array.from(
    { length: Math.floor(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  )
  const inside = (digits: readonly number[]): number[] =>
    powers
      .flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(3))))
      .filter((mark) => mark >= low && mark <= high)
  const every = (distance: number): number[] =>
    powers.filter((power) => power % distance === 0).map((power) => Number(`1e${power}`))
  const choices = [inside([1, 2, 3, 4, 5, 6, 7, 8, 9]), inside([1, 2, 5]), inside([1])]
  const fitting = choices.find((marks) => marks.length <= mostMarks)
  if (fitting === undefined) return every(Math.ceil(powers.length / mostMarks))
  return fitting.length >= 2 ? fitting : linearMarks(low, high)
}

/** About five round numbers. */
export function linearMarks(low: number, high: number): number[] {
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const increment = [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= rough)!
  const first = Math.ceil(low / increment)
  const count = Math.floor(high / increment) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    Number(((first + index) * increment).toPrecision(6)),
  )
}
