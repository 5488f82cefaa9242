/** Damage to JSON that leaves it JSON: another value at a random place. */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import { pick } from './mutate.ts'
import type { StructuredMutation } from './target.ts'

const values: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 0.5,
  () => 1e308,
  () => 5e-324,
  () => 2 ** 31,
  () => 2 ** 32,
  () => 2 ** 53 - 1,
  () => 2 ** 53,
  () => '',
  () => 'x',
  () => '../../../x',
  () => '\u0000',
  () => 'y'.repeat(100_000),
  () => [],
  () => ({}),
  () => [[[[[[[[]]]]]]]],
  () => Array.from({ length: 50_000 }, () => 7),
  () => ({ length: 1e9 }),
]

/** In place of a number, mostly: what is of another type is refused before it does anything. */
const numbers = [
  0,
  1,
  2,
  3,
  7,
  16,
  -1,
  0.5,
  1e-9,
  1e6,
  2 ** 24,
  2 ** 26,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 53 - 1,
  1e308,
]

export const changeJson: StructuredMutation = (bytes, random) => {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
  const holder = { value }
  for (let left = 1 + random.integer(3); left > 0; left--) change(holder, random)
  return new TextEncoder().encode(JSON.stringify(holder.value))
}

type Holder = Record<string, unknown>

/** Walks down a random way and changes what is there: its value, its name, or whether it is there at all. */
function change(root: Holder, random: RandomStream): void {
  let holder: Holder = root
  for (;;) {
    const keys = Object.keys(holder)
    if (keys.length === 0) return
    const key = pick(keys, random)
    const inner = holder[key]
    const isHolder = typeof inner === 'object' && inner !== null
    // The whole is hardly ever replaced by a single value, which is soon refused.
    const stop = holder === root ? random.integer(20) === 0 : random.integer(8) === 0
    if (isHolder && Object.keys(inner).length > 0 && !stop) {
      holder = inner as Holder
      continue
    }
    const how = random.integer(5)
    if (how === 0 && Array.isArray(holder)) holder.push(structuredClone(inner))
    else if (how === 0 && holder !== root) {
      delete holder[key]
    } else if (how === 1 && !Array.isArray(holder) && holder !== root) {
      holder[pick(['__proto__x', 'constructor', 'toString', 'extra', `${key}s`], random)] = inner
    } else if (typeof inner === 'number' && how !== 2) holder[key] = pick(numbers, random)
    else holder[key] = pick(values, random)()
    return
  }
}
