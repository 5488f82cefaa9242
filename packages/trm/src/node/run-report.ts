/** The figures at the end of a run: its model on the test set, with all steps and with early halting. */
import { type Executor, RandomStream } from '@tiny-recursive-models/tensor'
import { type AnyPuzzleSet, selectPuzzles } from '../data/puzzle-set.ts'
import type { ArcBallot } from '../evaluate/arc/ballot.ts'
import type { ArcFigures } from '../evaluate/arc/pass-at.ts'
import { type EvaluationOptions, type EvaluationReport, evaluate } from '../evaluate/evaluate.ts'
import type { EndReason, RunReport } from '../evaluate/run-facts.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { parameterCount } from '../models/weights.ts'
import { sampleArcSet } from '../puzzles/arc/arc-part.ts'
import { isArcPuzzleSet } from '../puzzles/arc/arc-puzzle-set.ts'
import type { LoadedDataSets } from '../puzzles/load.ts'
import { trainingFlop } from '../train/training-flop.ts'
import { openArcBallots } from './arc-ballots.ts'
import { findDataPath } from './data-files.ts'
import { machineFacts } from './machine.ts'
import { openModel } from './model-files.ts'
import type { RunFolder } from './run-folder.ts'

/** How far the evaluation on the test set is that ends a run. */
export interface TestProgress {
  readonly type: 'testing'
  readonly step: number
  readonly halting: 'full' | 'early'
  readonly done: number
  readonly total: number
  readonly elapsedMs: number
}

export interface TestOptions {
  readonly step: number
  readonly reason: EndReason
  readonly elapsedMs: number
  readonly testPuzzles?: number
  readonly command?: string
  /** Processes that trained together. */
  readonly ranks?: number
  readonly shouldStop?: () => boolean
}

/** Tests the run's model; undefined where it was asked to stop before the end. */
export async function* testRun(
  run: RunFolder,
  data: LoadedDataSets,
  executor: Executor,
  options: TestOptions,
): AsyncGenerator<TestProgress, RunReport | undefined> {
  const { model, which, step } = await openModel(run.path)
  const set = sampleSet(data.test, options.testPuzzles ?? 1_000, run.recipe.training.seed)
  let test: RunReport['test'] = null
  let arc: RunReport['arc'] = null
  if (set.count > 0) {
    const { data: source } = run.recipe
    const path = source.kind === 'official-folder' ? source.path : null
    const ballots = await openArcBallots(set, path && (await findDataPath(path, await run.begunIn())))
    const settings = { ...options, ballots, ...(data.isValid && { isValid: data.isValid }) }
    const full = yield* testWith('full', executor, model, set, settings)
    const early = full && (yield* testWith('early', executor, model, set, settings))
    if (full === undefined || early === undefined) return undefined
    test = { full: full.report, early: early.report }
    if (full.arc && early.arc) arc = { ...full.arc, early: early.arc }
  }
  const { recipe } = run
  return {
    format: 1,
    recipe: recipe.name,
    seed: recipe.training.seed,
    command: options.command ?? null,
    parameters: parameterCount(model.config),
    steps: options.step,
    reason: options.reason,
    trainingSeconds: options.elapsedMs / 1000,
    trainingFlop: trainingFlop(model.config, recipe, options.step),
    weights: { which: String(which), step },
    data: {
      checksum: data.checksum,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
    },
    test,
    arc,
    machine: {
      executor: executor.name,
      device: executor.device,
      threads: executor.threads,
      ...(options.ranks !== undefined && { ranks: options.ranks }),
      ...machineFacts(),
    },
  }
}

/** Whether a value is a report of this project: its format number stands for its fields. */
export function isReport(value: unknown): value is RunReport {
  return typeof value === 'object' && value !== null && (value as { format?: unknown }).format === 1
}

/** Whether `value` is the report of a run that ended at this step. */
export const isReportOf = (value: unknown, step: number): value is RunReport =>
  isReport(value) && value.steps === step

async function* testWith(
  halting: 'full' | 'early',
  executor: Executor,
  model: TrainedModel,
  set: AnyPuzzleSet,
  { step, shouldStop, isValid, ballots }: TestSettings,
): AsyncGenerator<TestProgress, TestFigures | undefined> {
  const options = { halting, ...(shouldStop && { shouldStop }), ...(isValid && { isValid }) }
  const ballot = ballots?.()
  for await (const event of evaluate(executor, model, set, options)) {
    ballot?.note(event)
    if (event.type === 'done') return { report: event.report, arc: ballot?.figures() ?? null }
    if (event.type !== 'progress') continue
    const { done, total, elapsedMs } = event
    yield { type: 'testing', step, halting, done, total, elapsedMs }
  }
  return undefined
}

interface TestSettings extends TestOptions, Pick<EvaluationOptions, 'isValid'> {
  /** Makes a new vote for every evaluation; null where the puzzles are not of ARC. */
  readonly ballots: (() => ArcBallot) | null
}

interface TestFigures {
  readonly report: EvaluationReport
  readonly arc: ArcFigures | null
}

/**
 * At most `limit` puzzles, drawn at random: files are often sorted by source or difficulty. Of ARC, fewer
 * augmentations of every test input.
 */
export function sampleSet(set: AnyPuzzleSet, limit: number, seed: number): AnyPuzzleSet {
  if (set.count <= limit) return set
  if (isArcPuzzleSet(set)) return sampleArcSet(set, limit, seed)
  const order = new RandomStream(seed, 'test sample').permutation(set.count)
  return selectPuzzles(set, order.slice(0, limit), `${limit} of ${set.name}`)
}
