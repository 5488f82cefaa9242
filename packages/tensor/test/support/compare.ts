import assert from 'node:assert/strict'

/**
 * Asserts that numbers are near those expected, relative to the largest of the number itself, their root mean
 * square and `floor`.
 * Infinities and what is not a number must be the same.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
  floor = 0,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of elements`)
  const finite = Array.from(expected).filter(Number.isFinite)
  const size = Math.sqrt(finite.reduce((sum, value) => sum + value * value, 0) / Math.max(1, finite.length))
  for (let position = 0; position < expected.length; position++) {
    const [got, wanted] = [actual[position]!, expected[position]!]
    const allowed = tolerance * Math.max(Math.abs(wanted), size, floor)
    const close = Number.isFinite(wanted) ? Math.abs(got - wanted) <= allowed : Object.is(got, wanted)
    assert.ok(
      close,
      `${what}, element ${position}: expected ${wanted}, got ${got} (allowed error ${allowed})`,
    )
  }
}
