/** The fields of a recipe's `optimizer`. */
import { z } from 'zod'
import { numberBetween, oneOf, section, stepCount } from '../data/fields.ts'
import type { Frozen } from './frozen.ts'

export const optimizerFields = z.strictObject(
  {
    kind: oneOf('adam-atan2', 'adamw', 'muon').default('adam-atan2').meta({
      official: 'AdamATan2 only',
      description:
        'how gradients become steps: `adam-atan2` (arXiv 2407.05872), `adamw` (arXiv 1711.05101) with ε = 1e-8, or `muon` (Keller Jordan 2024, https://kellerjordan.github.io/posts/muon/): orthogonal steps with Nesterov momentum 0.95 for the matrices inside blocks, AdamW for the other weights',
    }),
    learningRate: numberBetween(0, 10).meta({
      official: '`lr`',
      description:
        'how far a step moves the weights, all but the puzzle table; if it is too high, nothing is learned',
    }),
    muonLearningRate: numberBetween(0, 10).default(0.02).meta({
      description:
        'the same for the weights that Muon moves, scheduled in proportion to `learningRate`; others ignore it',
    }),
    weightDecay: numberBetween(0, 1_000).meta({
      official: '`weight_decay`',
      description:
        'a weight shrinks by the share rate · weightDecay a step, the rate being that of its own update',
    }),
    weightDecayOf: oneOf('all', 'matrices').default('all').meta({
      description: '`all` weights decay, as published, or only the `matrices` inside blocks and the heads',
    }),
    beta1: numberBetween(0, 0.999999).default(0.9).meta({
      official: '`beta1`',
      description: 'decay of the first moment of AdamATan2 and AdamW',
    }),
    beta2: numberBetween(0, 0.999999).default(0.95).meta({
      official: '`beta2`',
      description: 'decay of the second moment of AdamATan2 and AdamW',
    }),
    puzzleLearningRate: numberBetween(0, 10).meta({
      official: '`puzzle_emb_lr`',
      description: 'learning rate of the puzzle table (sign descent)',
    }),
    puzzleWeightDecay: numberBetween(0, 1_000).meta({
      official: '`puzzle_emb_weight_decay`',
      description: 'weight decay of the puzzle table',
    }),
    warmupSteps: stepCount(0).meta({
      title: 'Warm-up steps',
      official: '`lr_warmup_steps`',
      description: 'steps over which the learning rates rise linearly, before they fall along a cosine',
    }),
    minRatio: numberBetween(0, 1).default(1).meta({
      official: '`lr_min_ratio`',
      description: 'learning rate at the end over the one after warm-up; 1 = constant',
    }),
    gradientClip: numberBetween(1e-6, 1e6).nullable().default(null).meta({
      description:
        'the largest norm of all gradients together (arXiv 1211.5063), puzzle rows aside; null = no limit',
    }),
    emaDecay: numberBetween(0, 0.999999999).default(0.999).meta({
      paper: 'EMA',
      official: '`ema_rate`',
      description: 'decay μ of the exponential moving average of the weights (EMA); 0 = no average',
    }),
    loss: oneOf('stablemax', 'softmax').default('stablemax').meta({
      official: '`loss_type`',
      description: 'cross-entropy of a cell, by `stablemax` or `softmax`',
    }),
    labelSmoothing: numberBetween(0, 0.5).default(0).meta({
      description:
        "share of a cell's target that is spread over all symbols (arXiv 1512.00567), for `softmax` only",
    }),
  },
  section,
)

/** The `optimizer` section of a recipe. */
export type OptimizerRecipe = Frozen<z.output<typeof optimizerFields>>
/** The same, as it may be written. */
export type OptimizerInput = Frozen<z.input<typeof optimizerFields>>
