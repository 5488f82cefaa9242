/**
 * The models that the paper compares (arXiv 2510.04871, its tables on Sudoku-Extreme and Maze-Hard), each as changes
 * to a base recipe, so that all are trained on the same data in the same way. What the paper reports of them is told by
 * the puzzle families. docs/results.md has what came out here.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { multiScaleLatents } from '../models/config.ts'
import type { PaperColumn } from '../puzzles/family.ts'
import { families } from '../puzzles/index.ts'
import { attention, mlp } from '../settings/published.ts'
import { describeValue, unknownNameHint } from './messages.ts'
import { type ModelRecipe, type OptimizerRecipe, parseRecipe, type Recipe } from './schema.ts'

/** A row of the paper’s tables: how its model differs from the base, and the figures that the paper reports. */
export interface PaperVariant {
  readonly description: string
  /** In millions, as the paper rounds them; null where it has no such row. */
  readonly millionParameters: number | null
  readonly model: (base: ModelRecipe) => Partial<ModelRecipe>
  readonly optimizer?: Partial<OptimizerRecipe>
}

const hrm = {
  kind: 'trm',
  nets: 'separate',
  gradient: 'one-step',
  continueLoss: true,
  blocks: 4,
  recursions: 2,
  latentUpdates: 2,
  prefixTokens: 0,
} as const

const direct = { kind: 'direct', blocks: 8, recursions: 1, latentUpdates: 1, prefixTokens: 0 } as const

/**
 * Rows that differ from TRM in one thing keep the base's mixer, so that their reference is the TRM of that mixer
 * (MLP in the paper's table on Sudoku). HRM and direct prediction were published with a prefix of as many tokens as
 * the puzzle embedding fills, which 0 stands for; they are averaged here (EMA) as the base is, which they were not
 * there: nothing but the model differs.
 */
const variants = {
  'trm-mlp': {
    description: 'TRM whose net mixes tokens with an MLP',
    millionParameters: 5,
    model: () => mlp,
  },
  'trm-att': {
    description: 'TRM whose net mixes tokens with self-attention',
    millionParameters: 7,
    model: () => attention,
  },
  hrm: {
    description:
      'HRM: two nets of four blocks, 2 recursions × 2 latent updates, one-step gradient, continue loss',
    millionParameters: 27,
    model: () => ({ ...attention, ...hrm }),
  },
  direct: {
    description: 'direct prediction: one net of eight blocks, called once per step',
    millionParameters: 27,
    model: () => ({ ...attention, ...direct }),
  },
  'single-state': {
    description: 'one state that is both answer and latent',
    millionParameters: 5,
    model: () => ({ kind: 'single-state' }),
  },
  'multi-scale': {
    description: 'an answer and six latents, each updated once per recursion',
    millionParameters: 5,
    model: ({ latentUpdates }) => ({
      kind: 'multi-scale',
      latentUpdates: Math.min(latentUpdates, multiScaleLatents),
    }),
  },
  'no-ema': {
    description: 'the base without the moving average of the weights',
    millionParameters: 5,
    model: () => ({}),
    optimizer: { emaDecay: 0 },
  },
  'separate-nets': {
    description: 'the base with a separate net for the answer',
    millionParameters: 10,
    model: () => ({ nets: 'separate' }),
  },
  'four-layers': {
    description: 'the base with twice the blocks and half the latent updates',
    millionParameters: 10,
    model: ({ blocks, latentUpdates }) => ({
      blocks: 2 * blocks,
      latentUpdates: Math.max(1, Math.floor(latentUpdates / 2)),
    }),
  },
  'one-step-gradient': {
    description: 'the base with gradient through the last latent and answer update only',
    millionParameters: 5,
    model: () => ({ gradient: 'one-step' }),
  },
  'continue-loss': {
    description: 'the base with a learned continue score and its second forward pass',
    millionParameters: 5,
    model: () => ({ continueLoss: true }),
  },
  'two-by-two': {
    description: 'the base with 2 recursions × 2 latent updates',
    millionParameters: 5,
    model: () => ({ recursions: 2, latentUpdates: 2 }),
  },
  'hrm-mlp': {
    description: 'HRM whose nets mix tokens with an MLP: not in the paper, for comparison with TRM-MLP only',
    millionParameters: null,
    model: () => ({ ...mlp, ...hrm }),
  },
  'direct-mlp': {
    description: 'direct prediction whose net mixes tokens with an MLP: not in the paper',
    millionParameters: null,
    model: () => ({ ...mlp, ...direct }),
  },
} as const satisfies Readonly<Record<string, PaperVariant>>

/** The name of a row of the paper’s tables. */
export type PaperVariantName = keyof typeof variants

/** All rows by name. */
export const paperVariants: Readonly<Record<PaperVariantName, PaperVariant>> = variants

/** The names of all rows. */
export const paperVariantNames = Object.keys(variants) as readonly PaperVariantName[]

/** The rows that are other models; the rest are TRM with one thing changed. */
export const mainPaperVariants: readonly PaperVariantName[] = [
  'trm-mlp',
  'trm-att',
  'hrm',
  'direct',
  'single-state',
  'multi-scale',
]

/**
 * The recipe of one row of the paper on the base's data and training settings.
 *
 * @throws InputError if the base cannot be changed so, as where its width and heads do not allow rotary positions
 */
export function paperVariant(base: Recipe, name: PaperVariantName): Recipe {
  const { description, model, optimizer } = paperVariants[name]
  const recipe = {
    ...base,
    name: `${base.name}-${name}`,
    description: `${description}; on ${base.name}`,
    model: { ...base.model, ...model(base.model) },
    optimizer: { ...base.optimizer, ...optimizer },
  }
  return parseRecipe(recipe, `${base.name} as ${name}`)
}

/**
 * The name of a row; for an unknown one the error suggests the nearest.
 * @throws InputError if no row has that name
 */
export function findPaperVariant(name: string): PaperVariantName {
  const known = paperVariantNames.find((candidate) => candidate === name)
  if (known !== undefined) return known
  throw new InputError({
    who: 'variant',
    expected: 'the name of a model of the paper',
    got: describeValue(name),
    hint: unknownNameHint(name, paperVariantNames, 'variants'),
  })
}

/** The benchmarks that the paper's tables have a column of, with the recipe on which its models are compared here. */
export const paperColumns: readonly PaperColumn[] = families.flatMap(({ paper }) => paper ?? [])

/** The exact accuracy that the paper reports on this kind of puzzle; null where it has none. */
export function publishedAccuracy(name: PaperVariantName, { kind }: Recipe['data']): number | null {
  const family = families.find(({ sources }) => sources.some((source) => source.kind === kind))
  return family?.paper?.accuracies[name] ?? null
}
