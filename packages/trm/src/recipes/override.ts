/** `key=value` overrides of a recipe, as the command line's `--set` gives them. */
import { InputError } from '@tiny-recursive-models/tensor'
import { dataKinds } from '../puzzles/index.ts'
import { keysBelow, type Recipe } from './fields.ts'
import { describeValue } from './messages.ts'
import { parseRecipe, unknownKeyError } from './schema.ts'
import { outdatedKeyError } from './upgrade.ts'

const who = 'recipe override'

/**
 * The recipe with `overrides` applied, checked once at the end so that keys which belong together can change together.
 * A value is JSON where it can be read as such (`3e-4`, `true`, `null`, `{"kind":…}`), text otherwise.
 * @throws InputError if a key or a value is wrong, or keys contradict each other
 */
export function overrideRecipe(recipe: Recipe, overrides: readonly string[]): Recipe {
  if (overrides.length === 0) return recipe
  const changed = structuredClone(recipe) as MutableRecord
  for (const override of overrides) applyOverride(changed, override)
  return parseRecipe(changed, who)
}

type MutableRecord = { [key: string]: unknown }

function applyOverride(recipe: MutableRecord, override: string): void {
  const equals = override.indexOf('=')
  if (equals < 1) {
    throw new InputError({
      who,
      expected: 'key=value',
      got: describeValue(override),
      hint: 'For example: optimizer.learningRate=3e-4.',
    })
  }
  const keys = override.slice(0, equals).trim().split('.')
  const value = parseValue(override.slice(equals + 1))
  let holder = recipe
  for (const [depth, key] of keys.entries()) {
    const parent = keys.slice(0, depth).join('.')
    if (parent === 'model' && key === 'cycles') throw outdatedKeyError('model.cycles', who)
    if (!keysBelow(parent, recipe)?.includes(key)) throw unknownKeyError(parent, key, recipe, who)
    if (depth === keys.length - 1) {
      // An unknown kind is answered with the known ones when the whole is checked.
      const isOtherKind = parent === 'data' && key === 'kind' && holder.kind !== value
      if (isOtherKind && dataKinds.includes(String(value))) throw kindError(holder.kind, value)
      holder[key] = value
      return
    }
    const next = holder[key]
    // A single value has no keys below it: `keysBelow` of the next turn says so.
    holder = typeof next === 'object' && next !== null ? (next as MutableRecord) : {}
  }
}

function parseValue(written: string): unknown {
  try {
    return JSON.parse(written) as unknown
  } catch {
    return written
  }
}

/** Another kind of data has other keys, so it can only be replaced as a whole. */
function kindError(current: unknown, value: unknown): InputError {
  return new InputError({
    who: `${who}: data.kind`,
    expected: `the recipe's own kind, ${describeValue(current)}`,
    got: describeValue(value),
    hint: `Replace the whole section: \`data={"kind":${JSON.stringify(value)},…}\`.`,
  })
}
