/** The fields of a recipe's `optimizer`. */
import { z } from 'zod'
import { numberBetween, oneOf, section, stepCount } from '../data/fields.ts'
import type { Frozen } from './frozen.ts'

export const optimizerFields = z.strictObject(
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

/** The `optimizer` section of a recipe. */
export type OptimizerRecipe = Frozen<z.output<typeof optimizerFields>>
/** The same, as it may be written. */
export type OptimizerInput = Frozen<z.input<typeof optimizerFields>>
