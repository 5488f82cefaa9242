/** Which runs a sweep takes, and where they lie. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { isWholeNumberField } from '../../recipes/fields.ts'
import { overrideRecipe } from '../../recipes/override.ts'
import { parseRecipe, type Recipe } from '../../recipes/schema.ts'
import type { SweepJob } from './run-sweep.ts'
import { type Axis, drawValue, gridValues } from './vary.ts'

/** What a sweep is made of. */
export interface SweepPlan {
  readonly folder: string
  readonly base: Recipe
  readonly axes: readonly Axis[]
  /** Runs of every combination, with consecutive training seeds from that of the base. */
  readonly seeds: number
  /** So many combinations drawn at random instead of all; the first ones stay the same when there are more. */
  readonly random?: { readonly count: number; readonly seed: number }
}

/** One run of a sweep, and what is its own in the recipe. */
export interface PlannedRun extends SweepJob {
  /** The varied fields by their keys, as they would be written after `--set key=`. */
  readonly settings: Readonly<Record<string, string>>
  readonly seed: number
}

type Settings = PlannedRun['settings']

/**
 * Every combination once with the first seed, then with the next: what is there after a while is already a table. The
 * name of a run's folder tells its settings, so a sweep that is extended finds what it has done before.
 *
 * @throws InputError if a field or a value is wrong, or a combination contradicts itself
 */
export function planSweep({ folder, base, axes, seeds, random }: SweepPlan): PlannedRun[] {
  const twice = axes.find(({ key }, place) => axes.findIndex((axis) => axis.key === key) !== place)
  if (twice !== undefined) throw axisTwice(twice.key)
  if (seeds > 1 && axes.some(({ key }) => key === 'training.seed')) throw seedsTwice()
  const combinations = random ? drawn(axes, base, random) : grid(axes, base)
  const recipes = combinations.map((settings) => ({ settings, recipe: recipeOf(base, settings) }))
  const runs = Array.from({ length: seeds }, (_, more) =>
    recipes.map(({ settings, recipe }) => {
      const seed = recipe.training.seed + more
      const place = join(folder, runName(settings, seed))
      return { settings, seed, folder: place, recipe: withSeed(recipe, seed) }
    }),
  )
  return runs.flat().map((run, index) => ({ index, ...run }))
}

/**
 * The runs of one of `count` shards, numbered from 0. Each round of `count` runs begins with the next shard: otherwise
 * one might get all the widest models, because the last field varies fastest.
 */
export const shardOf = <Job extends SweepJob>(jobs: readonly Job[], shard: number, count: number): Job[] =>
  jobs.filter(({ index }) => (index + Math.floor(index / count)) % count === shard)

/** The last field varies fastest. */
function grid(axes: readonly Axis[], base: Recipe): Settings[] {
  return axes.reduce<Settings[]>(
    (before, axis) => {
      const values = gridValues(axis, isWholeNumberField(axis.key, base))
      return before.flatMap((settings) => values.map((value) => ({ ...settings, [axis.key]: value })))
    },
    [{}],
  )
}

/** Different ones; fewer than asked for where there are no more. */
function drawn(
  axes: readonly Axis[],
  base: Recipe,
  { count, seed }: { count: number; seed: number },
): Settings[] {
  const found = new Map<string, Settings>()
  // Of the combinations of lists, all have come up by then or nearly so.
  const draws = 100 * count
  for (let draw = 0; draw < draws && found.size < count; draw++) {
    const settings: Settings = Object.fromEntries(
      axes.map((axis) => {
        // A stream for each value: fields that are added change nothing in the others.
        const stream = new RandomStream(seed, 'sweep', axis.key, draw)
        return [axis.key, drawValue(axis, stream, isWholeNumberField(axis.key, base))]
      }),
    )
    const name = JSON.stringify(settings)
    if (!found.has(name)) found.set(name, settings)
  }
  return [...found.values()]
}

function recipeOf(base: Recipe, settings: Settings): Recipe {
  const overrides = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  try {
    return overrideRecipe(base, overrides)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { who, expected, got, hint } = error
    throw new InputError(
      { who: `sweep, ${overrides.join(' ')}: ${who}`, expected, got, hint },
      { cause: error },
    )
  }
}

/** The recipe with another seed of training; the data is that of the recipe. */
export const withSeed = (recipe: Recipe, seed: number): Recipe =>
  parseRecipe({ ...recipe, training: { ...recipe.training, seed } }, recipe.name)

/** Every character of a name that is none of a folder's becomes a dash. */
export const folderName = (name: string): string => name.replace(/[^\w.-]+/g, '-')

/** Longer names are cut, for file systems and for readers. */
const maxNameLength = 120

/** `learningRate-0.001_width-128_seed-0`; whole keys where their last words are the same. */
function runName(settings: Settings, seed: number): string {
  const keys = Object.keys(settings).filter((key) => key !== 'training.seed')
  const last = (key: string) => key.split('.').at(-1)!
  const words = keys.map((key) => {
    const isAlone = keys.every((other) => other === key || last(other) !== last(key))
    return { name: isAlone ? last(key) : key, value: settings[key]! }
  })
  const written = [...words.map(({ name, value }) => `${name}-${value}`), `seed-${seed}`].join('_')
  const name = folderName(written)
  // Two settings must not share a folder because of what its name cannot tell.
  const isWhole = words.every(({ value }) => folderName(value) === value)
  if (isWhole && name.length <= maxNameLength) return name
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 8)
  return `${folderName(words.map((word) => `${word.name}-${word.value}`).join('_')).slice(0, maxNameLength)}_${digest}_seed-${seed}`
}

const axisTwice = (key: string): InputError =>
  new InputError({
    who: 'sweep',
    expected: 'every field once',
    got: `${key} twice`,
    hint: `Write all values of it together: ${key}=FIRST,SECOND.`,
  })

const seedsTwice = (): InputError =>
  new InputError({
    who: 'sweep',
    expected: 'training.seed or a number of seeds',
    got: 'both',
    hint: 'Leave one of them out.',
  })
