import type { Executor, HostTensor } from '@tiny-recursive-models/tensor'
import { Thinker } from '@tiny-recursive-models/trm'
import { PuzzleTable } from '@tiny-recursive-models/trm/models'
import { type Deviation, Deviations } from './deviations.ts'
import { type Golden, tensorOf, weightsUnder } from './golden.ts'
import { openRecordedStart, puzzleTableAmong, repeatSteps, type Variation } from './repeat.ts'

/**
 * Runs the recorded five steps with our engine and measures how far every recorded quantity is away, wherever it
 * occurs. Logits and gradients of a step in pieces are not given out and left out.
 */
export async function compareWithGolden(
  executor: Executor,
  golden: Golden,
  variation: Variation = {},
): Promise<readonly Deviation[]> {
  const slots = golden.settings.model.batch_size
  const found = new Deviations()
  const engine = await openRecordedStart(executor, golden, variation)
  for await (const { recorded, learningRate, outcome } of repeatSteps(engine, golden)) {
    const { metrics, halted, outputs } = outcome
    const name = `step ${recorded.step}`
    found.step = recorded.step
    found.relative('learning rate', learningRate, recorded.lr, 1e-9, name)
    found.relative('loss', metrics.totalLoss / slots, recorded.loss, 1e-5, name)
    for (const [ours, theirs] of Object.entries(metricNames))
      found.relative(ours, metrics[ours as keyof typeof metrics], recorded.metrics[theirs] ?? 0, 1e-5, name)
    found.differences('halted', halted, tensorOf(golden, `step${recorded.step}.halted`).data, name)
    if (outputs.logits) {
      found.absolute(
        'logits',
        outputs.logits.data,
        tensorOf(golden, `step${recorded.step}.logits`).data,
        1e-4,
        name,
      )
      const haltLogits = tensorOf(golden, `step${recorded.step}.q_halt_logits`).data
      found.absolute('halt logits', outputs.haltLogits!.data, haltLogits, 1e-4, name)
      const continueLogits = tensorOf(golden, `step${recorded.step}.q_continue_logits`).data
      found.absolute('continue logits', outputs.continueLogits!.data, continueLogits, 1e-4, name)
      found.differences(
        'steps',
        outputs.steps!.data,
        tensorOf(golden, `step${recorded.step}.steps`).data,
        name,
      )
    }
    if (recorded.step === 1 && outputs.rowGradient && outputs.logits)
      found.ofNorm(
        'gradient',
        outputs.rowGradient.data,
        tensorOf(golden, 'grad1.puzzle_emb_rows').data,
        'puzzle rows',
      )
    if (recorded.step === 1 && outputs.logits)
      for (const [weight, { data }] of weightsUnder(golden, 'grad1'))
        found.ofNorm('gradient', outputs[`gradient.${weight}`]!.data, data, weight)
  }

  found.step += 1
  const states = await engine.readStates()
  const final = weightsUnder(golden, 'final')
  const { puzzleTable, ...weights } = Object.fromEntries(final)
  if (puzzleTable)
    found.share('turned rows', engine.puzzleTable.stored().rows, puzzleTable.data, turnedRows, 'puzzle table')
  compareWeights('final', found, weights, (name) => states.get(`weights.${name}`)!.data)
  const averages = Object.fromEntries(weightsUnder(golden, 'ema'))
  compareWeights('averaged', found, averages, (name) => states.get(`ema.${name}`)!.data)
  await engine.close()

  await compareEvaluation(executor, golden, Object.fromEntries(variation.start?.(final) ?? final), found)
  return found.list
}

/**
 * Rows of the puzzle table move by the sign of their gradient. Where rounding turns one, a number ends two learning
 * rates away, however small the rounding was: what counts is how many do. One in twenty may.
 */
const turnedRows = { distance: 1e-4, allowed: 0.05 }

/** The farthest number of every weight, and all numbers of all weights together. */
function compareWeights(
  which: 'final' | 'averaged',
  found: Deviations,
  recorded: Readonly<Record<string, HostTensor>>,
  ours: (name: string) => HostTensor['data'],
): void {
  const all = { ours: [] as number[], recorded: [] as number[] }
  for (const [name, { data }] of Object.entries(recorded)) {
    found.absolute(`${which} weights`, ours(name), data, 1e-4, name)
    all.ours.push(...ours(name))
    all.recorded.push(...data)
  }
  found.rootMeanSquare(`all ${which} weights`, all.ours, all.recorded, 1e-5, 'all weights')
}

/** Evaluation with the recorded final weights on the first batch, all supervision steps. */
async function compareEvaluation(
  executor: Executor,
  golden: Golden,
  weights: Readonly<Record<string, HostTensor>>,
  found: Deviations,
): Promise<void> {
  const { config, settings } = golden
  const slots = settings.model.batch_size
  const { puzzleTable = new PuzzleTable(0, 0) } = puzzleTableAmong(weights, config)
  const thinker = await Thinker.create(executor, { config, weights, puzzleTable }, slots)
  const tokens = tensorOf(golden, 'step1.batch.inputs').data as Int32Array
  const identifiers = tensorOf(golden, 'step1.batch.puzzle_identifiers').data as Int32Array
  let result = await thinker.step(tokens, identifiers, new Float32Array(slots).fill(1))
  for (let step = 2; step <= settings.eval_steps; step++)
    result = await thinker.step(tokens, identifiers, new Float32Array(slots))
  await thinker.close()
  found.absolute('evaluation logits', result.logits, tensorOf(golden, 'eval.logits').data, 1e-3, 'logits')
  const haltLogits = tensorOf(golden, 'eval.q_halt_logits').data
  found.absolute('evaluation logits', result.haltLogits, haltLogits, 1e-3, 'halt logits')
}

/** Our metric names and the official ones. */
const metricNames = {
  count: 'count',
  cellAccuracy: 'accuracy',
  exactAccuracy: 'exact_accuracy',
  haltAccuracy: 'q_halt_accuracy',
  steps: 'steps',
  answerLoss: 'lm_loss',
  haltLoss: 'q_halt_loss',
  continueLoss: 'q_continue_loss', // of HRM alone
} as const
