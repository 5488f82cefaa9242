/** A training run in a run folder, from nothing or from its latest checkpoint to the report. */
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { type Device, type Executor, InputError } from '@tiny-recursive-models/tensor'
import {
  type ExecutorChoice,
  executorNames,
  openExecutor,
  usefulThreads,
} from '@tiny-recursive-models/tensor/node'
import { encodeTrainingState, type TrainingState } from '../checkpoint/training-state.ts'
import type { OnDataProgress } from '../data/parts.ts'
import type { RunReport } from '../evaluate/run-facts.ts'
import { encodeModelFile } from '../evaluate/stored-model.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { type LoadedDataSets, loadDataSets } from '../puzzles/load.ts'
import { completeRecipe } from '../recipes/complete.ts'
import type { Recipe } from '../recipes/schema.ts'
import { doneEvent } from '../train/endings.ts'
import type { TrainingEvent } from '../train/events.ts'
import { Divergence } from '../train/refusals.ts'
import { stepConfigOf } from '../train/step-config.ts'
import { train } from '../train/train.ts'
import { dataReaderOf } from './data-files.ts'
import { chooseExecutor, type ExecutorChoiceEvent, trainingWorkload } from './executor/choose-executor.ts'
import { errorCode } from './file-errors.ts'
import { openModel } from './model-files.ts'
import type { MpiRanks } from './mpi/mpi-ranks.ts'
import { bindingWarning, tellFacts, tellStart, threadsOfRank } from './rank-start.ts'
import type { DivergedEvent } from './run-events.ts'
import { createRunFolder, openRunFolder, type RunFolder, runFiles } from './run-folder.ts'
import { isReportOf, type TestProgress, testRun } from './run-report.ts'
import { pieceRunnerOf } from './worker-pieces.ts'

/** What `runTraining` trains, where, and on what device. */
export interface RunTrainingOptions {
  readonly folder: string
  /** Null = the recipe that the folder was started with; only to resume. */
  readonly recipe: Recipe | null
  /** Resume an existing run; if there is none, start one. */
  readonly resume?: boolean
  /** A run folder, model file or shipped model whose weights the run starts from; only for a new run. */
  readonly from?: string
  /** Who computes; by default as the run was started, or `auto`. */
  readonly executor?: ExecutorChoice
  /**
   * Lets `auto` of a new run be the faster executor by a measurement of a second or two, remembered in the user's
   * cache folder; by default nothing is measured.
   */
  readonly measure?: boolean
  /** By default as the run was started, or `cpu`. */
  readonly device?: Device
  /** By default those that the run was started with, or all cores. */
  readonly threads?: number
  /** At most this many puzzles of the test set are evaluated at the end; 1000 by default. */
  readonly testPuzzles?: number
  /** The command as it was typed, for the report. */
  readonly command?: string
  /**
   * The processes among which the batch is divided, this one being rank 0; the others call `joinTraining`. The threads are
   * those of this process, by default a fair share of the cores of the machine.
   */
  readonly ranks?: MpiRanks
  /** Told while the puzzles are made; `trainInWorker` makes `data` events of it. */
  readonly onData?: OnDataProgress
  /** Asked after every step; true saves a checkpoint and ends. */
  readonly shouldStop?: () => boolean
}

/** The events of `train`, with checkpoints stored, and those before and after it. */
export type RunTrainingEvent =
  /** This process is one of several that train together; the only event of one that is not rank 0. */
  | { readonly type: 'rank'; readonly rank: number; readonly size: number; readonly library: string }
  /** While the puzzles are made or augmented, where that takes long: `done` of `total`. */
  | { readonly type: 'data'; readonly done: number; readonly total: number }
  /** Only with `measure`. */
  | ExecutorChoiceEvent
  | {
      readonly type: 'folder'
      readonly path: string
      readonly recipe: Recipe
      /** The step that the run resumes from; null for a new run. */
      readonly resumedFrom: number | null
      readonly warnings: readonly string[]
    }
  | Exclude<TrainingEvent, { type: 'checkpoint' }>
  | {
      readonly type: 'checkpoint'
      readonly step: number
      readonly reason: 'interval' | 'best' | 'stop' | 'end'
      readonly path: string
    }
  | TestProgress
  /** A tracker failed, or has not got everything in the end; told by `trainInWorker`, which goes on. */
  | { readonly type: 'tracker'; readonly tracker: string; readonly problem: string }
  | { readonly type: 'report'; readonly step: number; readonly path: string; readonly report: RunReport }

/**
 * Trains in a run folder and ends with a report on the test set.
 * @throws InputError if recipe, data and folder do not match, or another process is training in the folder
 */
export async function* runTraining(options: RunTrainingOptions): AsyncGenerator<RunTrainingEvent, void> {
  // What only the files of the data tell is part of the recipe from the first moment on.
  const begunIn = await begunInOf(options.folder)
  const readFile = dataReaderOf(begunIn)
  const { ranks } = options
  const wanted = options.recipe && (await completeRecipe(options.recipe, readFile))
  const opened = await openBegun({ ...options, recipe: wanted })
  let run = opened?.run ?? null
  const state = opened?.state ?? null
  try {
    const recipe = run?.recipe ?? wanted
    if (recipe === null) throw noRecipe(options.folder)
    const from = options.from === undefined || state ? null : (await openModel(options.from)).model
    if (ranks) await tellStart(ranks, { recipe, begunIn: begunIn ?? resolve('.'), state, from })
    // What is wrong with the data or the device shows before there is a folder.
    const data = await loadDataSets(recipe.data, readFile, (done, total) => {
      ranks?.stillHere()
      options.onData?.(done, total)
    })
    const threads = options.threads ?? threadsToGoOn(state, ranks)
    const asked = toGoOn(state, options)
    const { steps, workers } = recipe.training
    const workload = trainingWorkload(
      stepConfigOf(recipe, data, state ?? undefined, ranks?.size),
      steps - (state?.step ?? 0),
    )
    const mayChoose = options.measure === true && asked.executor === 'auto'
    // Side by side each piece has one thread.
    const where = { device: asked.device, threads: workers > 1 ? 1 : threads }
    const decided = mayChoose ? yield* chooseExecutor(workload, where) : null
    const executor = await openExecutor({ ...asked, ...(decided && { executor: decided }), threads })
    if (ranks) await tellFacts(ranks, data.checksum, executor)
    run ??= await createRunFolder(options.folder, recipe)
    await checkDataRecord(run, data)
    const warnings = [...(opened?.warnings ?? [])]
    // Of our own executor the results are the same with any number.
    const isOther = options.threads === undefined && !ranks && state !== null && state.threads > threads
    if (isOther && executor.kind !== 'wasm')
      warnings.push(
        `the run was started with ${state.threads} threads, too many for this machine: it resumes with ${threads}, which may round differently`,
      )
    if (state && executor.kind !== executorOf(state))
      warnings.push(
        `the run was started with ${executorOf(state)}: it resumes with ${executor.kind}, which may round differently`,
      )
    if (ranks) {
      const wanted = workers > 1 ? Math.max(workers, options.threads ?? 1) : options.threads
      const warning = bindingWarning(availableParallelism(), ranks.localSize, wanted)
      if (warning !== null) warnings.push(warning)
    }
    yield { type: 'folder', path: run.path, recipe, resumedFrom: state?.step ?? null, warnings }
    try {
      const done = yield* trainInFolder(run, data, executor, state, from, options)
      if (done) yield* reportRun(run, data, executor, done, options)
    } catch (error) {
      if (error instanceof Divergence) await run.appendEvent(divergedEvent(error))
      throw await withWayOn(run, error)
    }
  } finally {
    await run?.close()
  }
}

const divergedEvent = ({ step, who, expected, got, hint }: Divergence): DivergedEvent => ({
  type: 'diverged',
  step,
  ...{ who, expected, got, hint },
})

/** Where the disk was at fault, the run can go on: says how. */
async function withWayOn(run: RunFolder, error: unknown): Promise<unknown> {
  if (!(error instanceof InputError) || errorCode(error.cause) === null) return error
  const [latest] = await run.checkpoints().catch(() => [])
  const { who, expected, got, hint } = error
  const from = latest ? `from step ${latest.step}` : 'from the beginning'
  return new InputError(
    { who, expected, got, hint: `${hint} Then go on ${from} (\`resume: true\`).` },
    { cause: error },
  )
}

/** As many as before, because another number may round differently; or all cores. */
function threadsToGoOn(state: TrainingState | null, ranks: MpiRanks | undefined): number {
  if (ranks) return threadsOfRank(availableParallelism(), ranks.localSize)
  const before = state?.threads ?? 0
  return before > 0 && before <= usefulThreads() ? before : availableParallelism()
}

/** Who computed: before the executor of our own, files did not say that it was ONNX Runtime. */
const executorOf = ({ executor = 'onnxruntime' }: TrainingState): string => executor

/**
 * As before, because another executor may round differently. A device that was named says more than what the run was
 * started with: only one executor may have it.
 */
function toGoOn(
  state: TrainingState | null,
  { executor = 'auto', device }: RunTrainingOptions,
): { readonly executor: ExecutorChoice; readonly device: Device } {
  const kind = executorNames.find((name) => state && name === executorOf(state))
  const isSame = executor === 'auto' || executor === kind
  const where = resumableDevices.find((name) => isSame && name === state?.device)
  if (executor !== 'auto') return { executor, device: device ?? where ?? 'cpu' }
  const isElsewhere = device !== undefined && device !== where
  return { executor: (isElsewhere ? undefined : kind) ?? 'auto', device: device ?? where ?? 'cpu' }
}

/** `wasm` is ONNX Runtime in WebAssembly, which new runs in Node have no use for. */
const resumableDevices = ['cpu', 'webgpu', 'wasm'] as const satisfies readonly Device[]

interface OpenedRun {
  readonly run: RunFolder
  readonly state: TrainingState | null
  readonly warnings: readonly string[]
}

const isBegun = (folder: string): Promise<boolean> =>
  stat(join(folder, runFiles.recipe)).then(
    () => true,
    () => false,
  )

/** The folder that relative paths of a run's recipe are meant from; null where there is no run yet. */
const begunInOf = async (folder: string): Promise<string | null> =>
  (await isBegun(folder)) ? (await openRunFolder(folder)).begunIn() : null

/** The run that is in the folder, locked; null where there is none yet. */
async function openBegun({ folder, recipe, resume }: RunTrainingOptions): Promise<OpenedRun | null> {
  if (!(await isBegun(folder))) return null
  if (recipe !== null && !resume) {
    // Refuses, and says why.
    return { run: await createRunFolder(folder, recipe), state: null, warnings: [] }
  }
  const run = await openRunFolder(folder)
  const latest = await run.resume(recipe ?? run.recipe)
  try {
    if (latest) await recordCheckpoint(run, latest.state)
  } catch (error) {
    await run.close()
    throw error
  }
  return { run, state: latest?.state ?? null, warnings: latest?.warnings ?? [] }
}

/** A trainer killed between storing a checkpoint and recording it leaves only the file. */
async function recordCheckpoint(run: RunFolder, state: TrainingState): Promise<void> {
  const { step } = state
  const isRecorded = (await run.readEvents()).some(
    (event) => event.type === 'checkpoint' && event.step === step && event.reason !== 'best',
  )
  const reason = doneEvent(run.recipe, state) ? 'end' : 'interval'
  if (!isRecorded) await run.appendEvent({ type: 'checkpoint', step, reason })
}

function noRecipe(folder: string): InputError {
  return new InputError({
    who: folder,
    expected: 'a run folder to resume, or a recipe to start',
    got: 'neither',
    hint: 'Name a recipe, such as sudoku-6x6.',
  })
}

/** Refuses other puzzles than those that the run was begun with; the trainer alone looks only at its own. */
async function checkDataRecord(run: RunFolder, data: LoadedDataSets): Promise<void> {
  const record = await run.readJson('data')
  const checksum =
    typeof record === 'object' && record !== null && 'checksum' in record ? record.checksum : null
  if (checksum === null) await run.saveDataRecord(data.record)
  else if (checksum !== data.checksum) {
    throw new InputError({
      who: `${run.path}: data`,
      expected: `the puzzles that the run was started with (checksum ${String(checksum)})`,
      got: `different ones (checksum ${data.checksum})`,
      hint: 'Use the same data files, or start a new run in another folder.',
    })
  }
}

type Done = Extract<TrainingEvent, { type: 'done' }>

/** Trains and stores what comes; ends with the last event of a run that is done, or undefined if it was stopped. */
async function* trainInFolder(
  run: RunFolder,
  data: LoadedDataSets,
  executor: Executor,
  state: TrainingState | null,
  from: TrainedModel | null,
  { shouldStop, ranks }: RunTrainingOptions,
): AsyncGenerator<RunTrainingEvent, Done | undefined> {
  const { recipe } = run
  // A run killed between its last checkpoint and its report has nothing left to train.
  const done = state && doneEvent(recipe, state)
  if (state && done) {
    await run.saveWeights('final', encodeModelFile(state))
    if ((await run.readEvents()).at(-1)?.type !== 'done') await run.appendEvent(done)
    yield done
    return done
  }
  const options = {
    recipe,
    data,
    executor,
    ...(state && { resume: state }),
    ...(from && { from }),
    ...(shouldStop && { shouldStop }),
    ...(ranks && { ranks }),
    ...pieceRunnerOf(recipe, executor),
  }
  for await (const event of train(options)) {
    if (event.type === 'start' && ranks) ranks.patience = 1
    if (event.type === 'checkpoint') {
      const stored = { ...withoutState(event), path: await storeCheckpoint(run, event) }
      await run.appendEvent(withoutState(event))
      yield stored
    } else {
      await run.appendEvent(event)
      yield event
      if (event.type === 'done') return event
    }
  }
  return undefined
}

type Checkpoint = Extract<TrainingEvent, { type: 'checkpoint' }>

const withoutState = ({ type, step, reason }: Checkpoint) => ({ type, step, reason })

async function storeCheckpoint(run: RunFolder, { reason, step, state }: Checkpoint): Promise<string> {
  if (reason === 'best') {
    await run.saveWeights('best', encodeModelFile(state))
    return run.file('best')
  }
  if (reason === 'end') await run.saveWeights('final', encodeModelFile(state))
  return run.saveCheckpoint(encodeTrainingState(state), step)
}

async function* reportRun(
  run: RunFolder,
  data: LoadedDataSets,
  executor: Executor,
  done: Done,
  options: RunTrainingOptions,
): AsyncGenerator<RunTrainingEvent, void> {
  const path = run.file('report')
  // A damaged report is made anew.
  const before = await run.readJson('report').catch((error: unknown) => {
    if (error instanceof InputError) return null
    throw error
  })
  if (isReportOf(before, done.step)) {
    yield { type: 'report', step: done.step, path, report: before }
    return
  }
  const { ranks, ...rest } = options
  const report = yield* testRun(run, data, executor, {
    ...rest,
    ...(ranks && { ranks: ranks.size, shouldStop: () => isStopping(ranks, rest.shouldStop) }),
    step: done.step,
    reason: done.reason,
    elapsedMs: done.elapsedMs,
  })
  if (report === undefined) {
    yield { type: 'stopped', step: done.step }
    return
  }
  await run.saveReport(report)
  yield { type: 'report', step: done.step, path, report }
}

/** The others wait for the end of the test. */
function isStopping(ranks: MpiRanks, shouldStop: (() => boolean) | undefined): boolean {
  ranks.stillHere()
  return shouldStop?.() ?? false
}
