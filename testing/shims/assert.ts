/** `node:assert/strict` as far as portable suites use it. */

class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

function fail(message: string | undefined, difference: string): never {
  throw new AssertionError(message ? `${message}: ${difference}` : difference)
}

function show(value: unknown): string {
  return ArrayBuffer.isView(value) ? `[${[...(value as Float32Array)].join(', ')}]` : JSON.stringify(value)
}

function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false
  const [keys, others] = [Object.keys(left), Object.keys(right)]
  const of = (value: object, key: string): unknown => (value as Record<string, unknown>)[key]
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(of(left, key), of(right, key)))
  )
}

function ok(value: unknown, message?: string): asserts value {
  if (!value) fail(message, `expected something true, got ${show(value)}`)
}

function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(message, `expected ${show(expected)}, got ${show(actual)}`)
}

function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!isSame(actual, expected)) fail(message, `expected ${show(expected)}, got ${show(actual)}`)
}

async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const error = await promise.then(
    () => fail(undefined, `expected a rejection like ${pattern}, got none`),
    (reason: unknown) => reason,
  )
  const text = String(error)
  if (!pattern.test(text)) fail(undefined, `expected a rejection like ${pattern}, got ${text}`)
}

interface Assert {
  ok(value: unknown, message?: string): asserts value
  equal(actual: unknown, expected: unknown, message?: string): void
  deepEqual(actual: unknown, expected: unknown, message?: string): void
  rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void>
}

const assert: Assert = { ok, equal, deepEqual, rejects }
export default assert
