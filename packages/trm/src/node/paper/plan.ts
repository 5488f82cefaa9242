/** Which runs the comparison with the paper takes, and where they lie. */
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { type PaperVariantName, paperVariant } from '../../recipes/paper.ts'
import type { Recipe } from '../../recipes/schema.ts'
import { folderName, withSeed } from '../sweep/plan.ts'
import type { SweepJob } from '../sweep/run-sweep.ts'

/** One training run: a model of the paper with one seed. */
export interface PaperJob extends SweepJob {
  /** The name of the base recipe. */
  readonly base: string
  readonly variant: PaperVariantName
  /** The seed of training: start weights, order, augmentation, exploration. The data is that of the base. */
  readonly seed: number
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
        const place = join(folder, folderName(base.name), `${variant}-${seed}`)
        jobs.push({ base: base.name, variant, seed, folder: place, recipe })
      }
    }
  }
  return jobs.map((job, index) => ({ index, ...job }))
}

const baseTwice = (name: string): InputError =>
  new InputError({
    who: 'paper comparison',
    expected: 'base recipes with different names',
    got: `${name} twice`,
    hint: 'Rename the second one, or compare it in another folder.',
  })
