/** Which runs the comparison with the paper takes, and where they lie. */
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { type PaperVariantName, paperVariant } from '../../recipes/paper.ts'
import { parseRecipe, type Recipe } from '../../recipes/schema.ts'

/** One training run: a model of the paper with one seed. */
export interface PaperJob {
  /** Its place in the plan. */
  readonly index: number
  /** The name of the base recipe. */
  readonly base: string
  readonly variant: PaperVariantName
  /** The seed of training: start weights, order, augmentation, exploration. The data is that of the base. */
  readonly seed: number
  readonly folder: string
  readonly recipe: Recipe
}

export interface PaperPlan {
  readonly folder: string
  readonly bases: readonly Recipe[]
  readonly variants: readonly PaperVariantName[]
  /** Training seeds 0 to seeds − 1. */
  readonly seeds: number
}

/** Every model once with the first seed, then with the next: what is there after a while is already a table. */
export function planPaperJobs({ folder, bases, variants, seeds }: PaperPlan): PaperJob[] {
  const names = bases.map(({ name }) => name)
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined) throw baseTwice(twice)
  const jobs: Omit<PaperJob, 'index'>[] = []
  for (let seed = 0; seed < seeds; seed++) {
    for (const base of bases) {
      for (const variant of new Set(variants)) {
        const recipe = withSeed(paperVariant(base, variant), seed)
        // Every character of a name that is none of a folder's becomes a dash.
        const place = join(folder, base.name.replace(/[^\w.-]+/g, '-'), `${variant}-${seed}`)
        jobs.push({ base: base.name, variant, seed, folder: place, recipe })
      }
    }
  }
  return jobs.map((job, index) => ({ index, ...job }))
}

const withSeed = (recipe: Recipe, seed: number): Recipe =>
  parseRecipe({ ...recipe, training: { ...recipe.training, seed } }, recipe.name)

const baseTwice = (name: string): InputError =>
  new InputError({
    who: 'paper comparison',
    expected: 'base recipes with different names',
    got: `${name} twice`,
    hint: 'Rename the second one, or compare it in another folder.',
  })
