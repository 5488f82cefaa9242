/**
 * The fields of a recipe, as zod schemas; those of its data are told by the puzzle families.
 */
import { z } from 'zod'
import {
  flag,
  numberBetween,
  oneOf,
  puzzleCount,
  section,
  seed,
  stepCount,
  text,
  wholeNumber,
} from '../data/fields.ts'
import { type DataInput, type DataRecipe, dataFields, dataKinds, sourceOfKind } from '../puzzles/index.ts'
import { modelFields } from './model-fields.ts'
import { recipeFormat } from './upgrade.ts'

const optimizerFields = z.strictObject(
  {
    /**
     * How gradients become steps. AdamATan2 (arXiv 2407.05872) is the published one; AdamW (arXiv 1711.05101) has
     * ε = 1e-8; Muon (Keller Jordan 2024, https://kellerjordan.github.io/posts/muon/) makes the steps of the
     * matrices inside blocks orthogonal, with Nesterov momentum 0.95, and leaves the other weights to AdamW.
     */
    kind: oneOf('adam-atan2', 'adamw', 'muon').default('adam-atan2'),
    learningRate: numberBetween(0, 10),
    /** Of the weights that Muon moves, in proportion to the schedule of `learningRate`; others ignore it. */
    muonLearningRate: numberBetween(0, 10).default(0.02),
    /** A weight shrinks by the share rate · weightDecay a step, the rate being that of its own update. */
    weightDecay: numberBetween(0, 1_000),
    /** All weights as published, or only the matrices inside blocks and the heads. */
    weightDecayOf: oneOf('all', 'matrices').default('all'),
    beta1: numberBetween(0, 0.999999).default(0.9),
    beta2: numberBetween(0, 0.999999).default(0.95),
    puzzleLearningRate: numberBetween(0, 10),
    puzzleWeightDecay: numberBetween(0, 1_000),
    warmupSteps: stepCount(0),
    /** The learning rate at the end over the one after warm-up (published: lr_min_ratio); 1 = constant. */
    minimumRatio: numberBetween(0, 1).default(1),
    /** The largest norm of all gradients together (arXiv 1211.5063), puzzle rows aside; null = no limit. */
    gradientClip: numberBetween(1e-6, 1e6).nullable().default(null),
    /** μ of the averaged weights (EMA); 0 = no average. */
    averageDecay: numberBetween(0, 0.999999999).default(0.999),
    loss: oneOf('stablemax', 'softmax').default('stablemax'),
    /** Share of a cell's target that is spread over all symbols (arXiv 1512.00567); for softmax only. */
    labelSmoothing: numberBetween(0, 0.5).default(0),
  },
  section,
)

const stay = () => wholeNumber(1, 100_000)

const noiseFields = z.strictObject(
  {
    /**
     * What a model with `answerInput: 'noisy'` is shown at time t from 0 to 1. `rotation`: sin(πt/2) · answer +
     * cos(πt/2) · noise (arXiv 2609.01449); `interpolant`: t · answer + (1 − t) · noise (Looped Flows, arXiv 2609.11801).
     */
    path: oneOf('rotation', 'interpolant').default('rotation'),
    /**
     * The times of a puzzle's steps: rising evenly, drawn and sorted, drawn for each step on its own, or always at
     * `from`, which is nearly noise alone.
     */
    order: oneOf('rising', 'sorted', 'independent', 'pure').default('rising'),
    from: numberBetween(0, 1).default(0.01),
    to: numberBetween(0, 1).default(0.99),
    /** t = from + (to − from) · u^power with u even along the stay: above 1 more of it is spent in the noise. */
    power: numberBetween(0.1, 10).default(1),
    /** The same noise for the whole stay of a puzzle, or new noise in every step. */
    shared: flag().default(false),
    /**
     * What is shown when there is no answer yet: noise alone, or the flow's own path, on which the prediction takes the
     * place of the answer and t rises from 0 to 1 in `model.supervisionSteps` steps.
     */
    atTest: oneOf('noise', 'flow').default('noise'),
    /** Standard deviation of the noise, of each symbol of a cell. */
    deviation: numberBetween(0, 100).default(1),
    /** Supervision steps that a puzzle stays, drawn evenly between the two; */
    shortestStay: stay(),
    longestStay: stay(),
    /** the longest grows to this at the end of the run, from the share `growsFrom` of its steps on. */
    longestStayAtEnd: stay(),
    growsFrom: numberBetween(0, 1).default(0),
  },
  section,
)

const microBatchError = { error: "a whole number from 1 to 1048576 or 'auto'" }

const trainingFields = z.strictObject(
  {
    batch: wholeNumber(1, 1_048_576),
    /** Slots computed at once; gradients are summed up to `batch`. */
    microBatch: z
      .union(
        [
          z.int(microBatchError).min(1, microBatchError).max(1_048_576, microBatchError),
          z.literal('auto', microBatchError),
        ],
        microBatchError,
      )
      .default('auto'),
    /**
     * Pieces of the batch that run side by side, each on one thread; more than the machine has cores take turns.
     * Rounding, and so the weights, depend on the micro-batch, not on how many really run at a time.
     */
    workers: wholeNumber(1, 64).default(1),
    /** Computes the forward pass again in the backward pass: less memory, more time. */
    recompute: flag().default(false),
    /** Supervision steps of one optimiser step, with a loss at each and gradient through all (published: 1). */
    gradientSteps: wholeNumber(1, 256).default(1),
    steps: stepCount(1),
    /**
     * A model that begins shallow, with short stays, and grows: until that share of the steps it has these depths, then
     * those of the next stage, in the end those of `model`. The same weights all the way (published: none).
     */
    stages: z
      .array(
        z.strictObject(
          {
            until: numberBetween(0, 1),
            recursions: wholeNumber(1, 1_024),
            latentUpdates: wholeNumber(1, 1_024),
            supervisionSteps: wholeNumber(1, 4_096),
          },
          section,
        ),
        {
          error:
            'a list of stages, each {"until": …, "recursions": …, "latentUpdates": …, "supervisionSteps": …}',
        },
      )
      .max(16)
      .default([]),
    /** Standard deviation of the noise on the states that a puzzle begins with; 0 = always the same (published). */
    startNoise: numberBetween(0, 100).default(0),
    seed: seed(),
    /** Supervision steps of an evaluation, and of the trained model unless asked otherwise; null = model.supervisionSteps. */
    evaluateSteps: wholeNumber(1, 100_000).nullable().default(null),
    /** Steps between evaluations; 0 = never. */
    evaluateEvery: stepCount(0),
    evaluatePuzzles: puzzleCount(1),
    /** Steps between checkpoints; 0 = only at the end. */
    checkpointEvery: stepCount(0),
    keepCheckpoints: wholeNumber(1, 1_000_000),
    /** Ends the run when an evaluation reaches this share of exactly solved puzzles; null = never. */
    stopAtAccuracy: numberBetween(0, 1).nullable().default(null),
    /** Ends the run when its training steps have taken so long, evaluations left out; null = never. */
    stopAfterSeconds: numberBetween(0, 1e9).nullable().default(null),
  },
  section,
)

const oneOfTheKinds = dataKinds.map((kind) => `'${kind}'`).join(' or ')

/** The fields of `data` by its kind: those of the puzzle families' sources. */
const dataSection = z.discriminatedUnion('kind', dataFields as unknown as [z.ZodObject, ...z.ZodObject[]], {
  error: (issue) => ((issue.code as string) === 'invalid_type' ? 'an object' : oneOfTheKinds),
}) as unknown as z.ZodType<DataRecipe, DataInput>

export const recipeFields = z.strictObject(
  {
    /** What the keys are called: see `upgradeRecipe`. */
    format: z.literal(recipeFormat).default(recipeFormat),
    name: text(1, 100),
    description: text(0, 2_000).default(''),
    model: modelFields,
    data: dataSection,
    /** Training on states part-way to the answer; null = on the question alone, as published. */
    noise: noiseFields.nullable().default(null),
    optimizer: optimizerFields,
    training: trainingFields,
  },
  section,
)

type Frozen<Value> = Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> } : Value

/** A named run as plain frozen data: everything that decides what a training run computes. */
export type Recipe = Frozen<z.infer<typeof recipeFields>>

/** The `model` section of a recipe. */
export type ModelRecipe = Recipe['model']
export type NoiseRecipe = NonNullable<Recipe['noise']>

/** The `optimizer` section of a recipe. */
export type OptimizerRecipe = Recipe['optimizer']

/** The `training` section of a recipe. */
export type TrainingRecipe = Recipe['training']
/** What may be written by hand: keys with a default can be left out. */
export type RecipeInput = Frozen<z.input<typeof recipeFields>>

/** The keys that can be set below `path` (`''` for the whole recipe), or null where no key can stand. */
export function keysBelow(path: string, recipe: Recipe | { data?: unknown }): string[] | null {
  if (path === '') return Object.keys(recipeFields.shape).filter((key) => key !== 'format')
  if (path === 'model') return Object.keys(modelFields.shape)
  if (path === 'noise') return Object.keys(noiseFields.shape)
  if (path === 'optimizer') return Object.keys(optimizerFields.shape)
  if (path === 'training') return Object.keys(trainingFields.shape)
  if (path === 'data') {
    const data: unknown = recipe.data
    const kind = typeof data === 'object' && data !== null && 'kind' in data ? data.kind : undefined
    return typeof kind === 'string' ? (dataKeys(kind) ?? ['kind']) : ['kind']
  }
  return null
}

/** The keys of a kind of data; null where there is none of that name. */
function dataKeys(kind: string): string[] | null {
  const fields = sourceOfKind(kind)?.fields
  return fields instanceof z.ZodObject ? Object.keys(fields.shape) : null
}
