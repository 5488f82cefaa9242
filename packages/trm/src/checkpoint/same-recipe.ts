/** May a run go on with this recipe? */
import { InputError } from '@tiny-recursive-models/tensor'
import type { Recipe } from '../recipes/schema.ts'

/**
 * Keys that may change on resume. None changes what was computed so far; a longer run with `minRatio` below 1
 * gets another learning rate from here on.
 */
const resumableKeys = [
  'name',
  'description',
  'training.steps',
  'training.evaluateEvery',
  'training.evaluatePuzzles',
  'training.evaluateSteps',
  'training.checkpointEvery',
  'training.keepCheckpoints',
  'training.stopAtAccuracy',
  'training.stopAfterSeconds',
] as const

/**
 * Throws when `wanted` would not continue what `stored` began, naming the first key that differs.
 *
 * @param changeable keys that may differ
 */
export function assertSameRecipe(
  stored: Recipe,
  wanted: Recipe,
  who = 'resume',
  changeable: readonly string[] = resumableKeys,
): void {
  const difference = firstDifference(stored, wanted, '', changeable)
  if (difference === null) return
  const { key, before, after } = difference
  throw new InputError({
    who: `${who}: ${key}`,
    expected: `${show(before)}, as the run was started with`,
    got: show(after),
    hint: hintFor(changeable),
  })
}

interface Difference {
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

function hintFor(changeable: readonly string[]): string {
  const settings = changeable.filter((key) => key.includes('.'))
  return settings.length === 0
    ? 'Use the stored value, or another folder.'
    : `Only ${settings.join(', ')} may change on resume: use the stored value, or start a new run in another folder.`
}

function firstDifference(
  before: unknown,
  after: unknown,
  key: string,
  changeable: readonly string[],
): Difference | null {
  if (changeable.includes(key) || Object.is(before, after)) return null
  if (!isRecord(before) || !isRecord(after)) return { key, before, after }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = key === '' ? name : `${key}.${name}`
    const difference = firstDifference(before[name], after[name], path, changeable)
    if (difference !== null) return difference
  }
  return null
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing'
