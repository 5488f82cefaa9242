/** The steps of a recorded run, computed again by our engine. */
import type { Executor, HostTensor } from '@tiny-recursive-models/tensor'
import type { ModelConfig } from '@tiny-recursive-models/trm'
import { PuzzleTable } from '@tiny-recursive-models/trm/models'
import {
  learningRateAt,
  type SlotBatch,
  type StepConfig,
  type StepOutcome,
  TrainingEngine,
} from '@tiny-recursive-models/trm/train'
import { type Golden, tensorOf, weightsUnder } from './golden.ts'

/** Ways of computing a step that must not change it. */
export interface Variation {
  /** Slots that go through the model at once; by default all of them. */
  readonly microBatch?: number
  /** Whether values are computed again for the gradient instead of being kept. */
  readonly recompute?: boolean
  /** Where the weights start, instead of exactly where the recorded run did. */
  readonly start?: (weights: ReadonlyMap<string, HostTensor>) => ReadonlyMap<string, HostTensor>
}

/** An engine with the weights and settings that the recorded run began with. */
export async function openRecordedStart(
  executor: Executor,
  golden: Golden,
  variation: Variation = {},
): Promise<TrainingEngine> {
  const { settings, config } = golden
  const { train, model } = settings
  const slots = model.batch_size
  const stepConfig: StepConfig = {
    model: config,
    batch: slots,
    microBatch: variation.microBatch ?? slots,
    recompute: variation.recompute ?? false,
    optimizer: {
      beta1: train.beta1,
      beta2: train.beta2,
      weightDecay: train.weight_decay,
      emaDecay: train.ema_rate,
      puzzleWeightDecay: train.puzzle_emb_weight_decay,
      loss: train.loss.startsWith('stablemax') ? 'stablemax' : 'softmax',
    },
  }
  const recorded = weightsUnder(golden, 'init')
  const initial = Object.fromEntries(variation.start?.(recorded) ?? recorded)
  const start = { weights: initial, ...puzzleTableAmong(initial, config) }
  return TrainingEngine.create(executor, stepConfig, start, true)
}

export interface RepeatedStep {
  /** What was recorded of it. */
  readonly recorded: Golden['settings']['steps'][number]
  readonly learningRate: number
  readonly outcome: StepOutcome
}

/** All recorded steps, one after the other; slots that have halted take the puzzles that were offered to them. */
export async function* repeatSteps(engine: TrainingEngine, golden: Golden): AsyncGenerator<RepeatedStep> {
  const { settings, config } = golden
  const { train } = settings
  const slots = settings.model.batch_size
  const batch: SlotBatch = {
    tokens: new Int32Array(slots * config.cells),
    labels: new Int32Array(slots * config.cells),
    identifiers: new Int32Array(slots),
    reset: new Float32Array(slots).fill(1),
    minSteps: new Float32Array(slots),
  }
  const schedule = {
    warmupSteps: train.lr_warmup_steps,
    totalSteps: train.total_steps,
    minRatio: train.lr_min_ratio,
  }
  for (const recorded of settings.steps) {
    const { step } = recorded
    takeOffered(golden, step, batch)
    const learningRate = learningRateAt(step, { base: train.lr, ...schedule })
    const puzzleLearningRate = learningRateAt(step, { base: train.puzzle_emb_lr, ...schedule })
    const outcome = await engine.step(batch, { step, learningRate, puzzleLearningRate })
    yield { recorded, learningRate, outcome }
    batch.reset.set(outcome.halted)
  }
}

/** Slots that have halted take the puzzle offered to them; the other offers are not used. */
function takeOffered(golden: Golden, step: number, batch: SlotBatch): void {
  const offered = (name: string) => tensorOf(golden, `step${step}.batch.${name}`).data as Int32Array
  const cells = golden.config.cells
  batch.reset.forEach((reset, slot) => {
    if (!reset) return
    const [start, end] = [slot * cells, (slot + 1) * cells]
    batch.tokens.set(offered('inputs').subarray(start, end), start)
    batch.labels.set(offered('labels').subarray(start, end), start)
    batch.identifiers[slot] = offered('puzzle_identifiers')[slot]!
  })
}

export function puzzleTableAmong(
  { puzzleTable }: Readonly<Record<string, HostTensor>>,
  { puzzleEmbeddingWidth }: ModelConfig,
): { puzzleTable?: PuzzleTable } {
  if (puzzleTable === undefined) return {}
  return { puzzleTable: PuzzleTable.dense(puzzleTable.data as Float32Array, puzzleEmbeddingWidth) }
}
