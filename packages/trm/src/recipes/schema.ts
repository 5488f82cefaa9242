/** A recipe from outside (a file, a page, an option) to frozen, checked data. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { z } from 'zod'
import { keysBelow, type Recipe, recipeFields } from './fields.ts'
import { describeValue, unknownNameHint } from './messages.ts'
import { checkRules } from './rules.ts'
import { upgradeRecipe } from './upgrade.ts'

export type { DataRecipe } from '../puzzles/index.ts'
export type { ModelRecipe } from '../settings/model.ts'
export type { NoiseRecipe } from '../settings/noise.ts'
export type { OptimizerRecipe } from '../settings/optimizer.ts'
export type { TrainingRecipe } from '../settings/training.ts'
export type { Recipe, RecipeInput } from './fields.ts'

/**
 * Checks `value` (data of any origin, of any format) and returns it frozen; `who` names the file or option in errors.
 * @throws InputError if a key or a value is wrong, or keys contradict each other
 */
export function parseRecipe(value: unknown, who: string): Recipe {
  const upgraded = upgradeRecipe(value, who)
  const result = recipeFields.safeParse(upgraded)
  if (!result.success) throw issueError(result.error.issues, upgraded, who)
  const recipe = deepFreeze(result.data)
  checkRules(recipe, who)
  return recipe
}

/** Freezes plain data through and through and returns it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

/** One error for the first issue; an unknown key goes first, because it explains a missing one. */
function issueError(issues: readonly z.core.$ZodIssue[], value: unknown, who: string): InputError {
  const issue = issues.find((candidate) => candidate.code === 'unrecognized_keys') ?? issues[0]!
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    return unknownKeyError(path, key, value, who)
  }
  const got = valueAt(value, issue.path)
  return new InputError({
    who: path === '' ? who : `${who}: ${path}`,
    expected: issue.message,
    got: got === undefined ? 'nothing (the key is missing)' : describeValue(got),
    hint: path === '' ? 'A recipe has name, model, data, optimizer and training.' : `Correct ${path}.`,
  })
}

/** The error for a key that no recipe has: names the nearest one and lists its siblings. */
export function unknownKeyError(parent: string, key: string, recipe: unknown, who: string): InputError {
  const holder = typeof recipe === 'object' && recipe !== null ? (recipe as { data?: unknown }) : {}
  const known = keysBelow(parent, holder)
  return new InputError({
    who,
    expected: parent === '' ? 'a known key' : `a known key of ${parent}`,
    got: describeValue(parent === '' ? key : `${parent}.${key}`),
    hint:
      known === null
        ? `${parent} is a single value and has no keys.`
        : sectionHint(parent, key, holder) +
          (parent === ''
            ? unknownNameHint(key, known, 'keys')
            : unknownNameHint(key, known, `keys of ${parent}`, `${parent}.`)),
  })
}

/** `learningRate` alone most likely means `optimizer.learningRate`. */
function sectionHint(parent: string, key: string, holder: { data?: unknown }): string {
  if (parent !== '') return ''
  const sections = keysBelow('', holder) ?? []
  const owner = sections.find((section) => keysBelow(section, holder)?.includes(key))
  return owner === undefined ? '' : `Did you mean '${owner}.${key}'? `
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<PropertyKey, unknown>)[key]
  }
  return current
}
