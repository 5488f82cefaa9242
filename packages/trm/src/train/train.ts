import { type Executor, floatTensor, type HostTensor } from '@tiny-recursive-models/tensor'
import type { StoredTensor } from '../checkpoint/stored-tensor.ts'
import {
  type BestFigure,
  puzzleIdentifiersName,
  puzzleTableName,
  puzzleTableOf,
  storedPuzzleTable,
  type TrainingState,
} from '../checkpoint/training-state.ts'
import type { DataSets } from '../data/data-sets.ts'
import { checkPuzzleSet, selectPuzzles } from '../data/puzzle-set.ts'
import { type EvaluationReport, evaluateWith, evaluationSlots } from '../evaluate/evaluate.ts'
import type { EndReason } from '../evaluate/run-facts.ts'
import { Thinker, type TrainedModel } from '../evaluate/thinker.ts'
import { type ModelConfig, sequenceLength, stateNames, structureOfModel } from '../models/config.ts'
import { parameterCount, weightTypes } from '../models/weights.ts'
import { learningRateAt, type Schedule } from '../optim/schedule.ts'
import type { StepConfig } from '../programs/programs.ts'
import type { Recipe } from '../recipes/schema.ts'
import { budgetEnd, doneEvent, evaluationEvent, isBetter } from './endings.ts'
import { type EngineHelpers, TrainingEngine } from './engine.ts'
import type { TrainingEvent } from './events.ts'
import { inProcess, type OpenPieceRunner, type PieceRunner } from './piece-runner.ts'
import type { Votes } from './rank-exchange.ts'
import type { Ranks } from './ranks.ts'
import { Divergence, explodedLoss, otherData, weightsOf } from './refusals.ts'
import { resplitCarry } from './resplit-carry.ts'
import { Slots } from './slots.ts'
import { isAsDeep, modelInStep } from './stages.ts'
import { fullModel, stepConfigOf } from './step-config.ts'

/** What `train` needs: the recipe, its puzzles and an executor; and where to resume from. */
export interface TrainOptions {
  readonly recipe: Recipe
  readonly data: DataSets
  readonly executor: Executor
  /** Where to resume; weights are then bit for bit those of a run that never stopped. */
  readonly resume?: TrainingState
  /** The model that a run starts from instead of fresh weights; moments and EMA start afresh. */
  readonly from?: Pick<TrainedModel, 'weights'>
  /**
   * What computes the pieces of the batch where `training.workers` is above 1; by default `executor`, one after the
   * other.
   */
  readonly pieceRunner?: OpenPieceRunner
  /**
   * The processes among which the batch is divided. Each calls `train` with the same recipe, data and state, and gets the
   * same events, but that only rank 0 gets checkpoints.
   */
  readonly ranks?: Ranks
  /** Asked after every step, or in it where there are ranks, of which one is enough; true saves and ends. */
  readonly shouldStop?: () => boolean
}

/**
 * Trains as the recipe says, as a stream of events. The consumer stores the checkpoints. A state with nothing left to
 * train yields only `done`.
 * @throws InputError if data, weights or state do not fit the recipe, or the loss is no longer finite
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void> {
  const { recipe, data, resume } = options
  if (!('at' in data.validation)) checkPuzzleSet(data.validation)
  if (resume && resume.dataChecksum !== data.checksum) throw otherData(resume.dataChecksum, data.checksum)
  const done = resume && doneEvent(recipe, resume)
  if (done) {
    yield done
    return
  }
  const run = await TrainingRun.open(options)
  try {
    yield* run.events()
  } finally {
    await run.close()
  }
}

class TrainingRun {
  readonly #options: TrainOptions
  /** The model at its full depth. */
  readonly #model: ModelConfig
  /** Another one in every stage. */
  #engine: TrainingEngine
  readonly #slots: Slots
  #thinker: Thinker | undefined
  #step: number
  #elapsedMs: number
  #best: BestFigure | null
  /** What was asked for in the last step, where there are ranks. */
  #votes: Votes | null = null

  private constructor(options: TrainOptions, model: ModelConfig, engine: TrainingEngine, slots: Slots) {
    this.#options = options
    this.#model = model
    this.#engine = engine
    this.#slots = slots
    this.#step = options.resume?.step ?? 0
    this.#elapsedMs = options.resume?.elapsedMs ?? 0
    this.#best = options.resume?.best ?? null
  }

  static async open(options: TrainOptions): Promise<TrainingRun> {
    const { recipe, data, executor, resume, from, ranks } = options
    const { batch, seed } = recipe.training
    const model = fullModel(recipe, data)
    const config = stepConfigOf(recipe, data, resume, ranks?.size)
    const puzzleTable = resume && { puzzleTable: puzzleTableOf(resume, 'resume') }
    const runner = await openRunner(options, config)
    const start = from && !resume ? { weights: weightsOf(from, model) } : { seed }
    const helpers = { runner, ...ofRanks(options) }
    const engine = await TrainingEngine.create(executor, config, { ...start, ...puzzleTable }, false, helpers)
    const stream = data.train.examples(seed)
    const { exploration, supervisionSteps, cells } = model
    const noise = recipe.noise && {
      recipe: recipe.noise,
      structure: structureOfModel(model),
      gradientSteps: recipe.training.gradientSteps,
      totalSteps: recipe.training.steps,
    }
    const { startNoise: deviation } = recipe.training
    const size = stateNames(model).length * sequenceLength(model) * model.width
    const slotOptions = {
      slots: batch,
      cells,
      seed,
      exploration,
      supervisionSteps,
      ...(noise && { noise }),
      ...(deviation > 0 && { startNoise: { deviation, size } }),
      own: engine.ownSlots,
      identified: model.puzzleEmbeddingWidth > 0,
    }
    if (!resume) return new TrainingRun(options, model, engine, new Slots(stream, slotOptions))

    const {
      [puzzleTableName]: _rows,
      [puzzleIdentifiersName]: _identifiers,
      'carry.reset': reset,
      ...states
    } = Object.fromEntries(resume.tensors)
    const read = new Map(Object.entries(states).map(([name, tensor]) => [name, hostTensor(tensor)]))
    const isCutAlike = resume.microBatch === config.microBatch
    try {
      await engine.writeStates(isCutAlike ? read : resplitCarry(read, batch, config.microBatch))
    } catch (error) {
      // Threads would keep the process alive.
      await engine.close()
      throw error
    }
    const position = {
      nextDraw: resume.nextDraw,
      draws: resume.slotDraws,
      begun: resume.slotBegun?.length ? resume.slotBegun : resume.slotDraws.map(() => 1),
      reset: reset!.data as Float32Array,
    }
    return new TrainingRun(options, model, engine, new Slots(stream, slotOptions, position))
  }

  /** Goes on with programs of the depth of this step's stage; states and micro-batch stay. */
  async #enterStage(step: number): Promise<void> {
    const { config, puzzleTable } = this.#engine
    const model = modelInStep(this.#model, this.#options.recipe.training, step)
    if (isAsDeep(config.model, model)) return
    const states = await this.#engine.readStates()
    const weights = Object.fromEntries(
      Object.keys(weightTypes(model)).map((name) => [name, states.get(`weights.${name}`)!]),
    )
    await this.#engine.close()
    const deeper = { ...config, model }
    const runner = await openRunner(this.#options, deeper)
    const start = { weights, puzzleTable }
    const helpers = { runner, ...ofRanks(this.#options) }
    this.#engine = await TrainingEngine.create(this.#options.executor, deeper, start, false, helpers)
    await this.#engine.writeStates(states)
  }

  async *events(): AsyncGenerator<TrainingEvent, void> {
    const { recipe, data, executor, ranks } = this.#options
    const { steps, evaluateEvery, checkpointEvery, stopAtAccuracy } = recipe.training
    const { model, batch, microBatch } = this.#engine.config
    const { precision = 'float32' } = model
    yield {
      type: 'start',
      step: this.#step,
      totalSteps: steps,
      parameters: parameterCount(model),
      batch,
      microBatch,
      ...(ranks && { ranks: ranks.size }),
      executor: executor.name,
      precision,
      isEmulated: precision === 'bfloat16' && !executor.multipliesBfloat16,
      trainingPuzzles: data.train.count,
      validationPuzzles: data.validation.count,
    }
    let reason: EndReason | null = null
    while (reason === null) {
      yield await this.#trainStep()
      reason = this.#budgetEnd()
      const due = (interval: number) => interval > 0 && (this.#step % interval === 0 || reason !== null)
      if (due(evaluateEvery) && data.validation.count > 0) {
        const report = await this.#validate()
        const { exactAccuracy, cellAccuracy } = report
        // Without known answers no model is better than another: the final one is tested.
        const found = exactAccuracy === null || cellAccuracy === null ? null : { exactAccuracy, cellAccuracy }
        const best = found !== null && isBetter(found, this.#best)
        if (best) this.#best = { step: this.#step, ...found }
        yield evaluationEvent(this.#step, report, this.#elapsedMs, best)
        if (best) yield* this.#checkpoint('best')
        if (stopAtAccuracy !== null && exactAccuracy !== null && exactAccuracy >= stopAtAccuracy) {
          reason = 'accuracy'
        }
      }
      if (reason !== null) break
      if (this.#isToStop()) {
        yield* this.#checkpoint('stop')
        yield { type: 'stopped', step: this.#step }
        return
      }
      if (due(checkpointEvery)) yield* this.#checkpoint('interval')
    }
    yield* this.#checkpoint('end')
    yield { type: 'done', step: this.#step, reason, elapsedMs: this.#elapsedMs }
  }

  /** Clocks differ: what rank 0's says is told to the others within the step. */
  #budgetEnd(): EndReason | null {
    const { training } = this.#options.recipe
    if (!this.#votes) return budgetEnd(training, this.#step, this.#elapsedMs)
    return budgetEnd(training, this.#step, 0) ?? (this.#votes.timeIsUp ? 'time' : null)
  }

  #isToStop(): boolean {
    return this.#votes?.stop ?? this.#options.shouldStop?.() ?? false
  }

  /** What this rank asks for `stepMs` after the step was begun. */
  #vote(stepMs: number): Votes {
    const { recipe, ranks, shouldStop } = this.#options
    const spent = budgetEnd(recipe.training, this.#step, this.#elapsedMs + stepMs)
    return { stop: shouldStop?.() ?? false, timeIsUp: ranks?.rank === 0 && spent === 'time' }
  }

  async #trainStep(): Promise<TrainingEvent> {
    const { ranks, recipe } = this.#options
    const { optimizer, training } = recipe
    const step = this.#step + 1
    await this.#enterStage(step)
    const schedule = (base: number): Schedule => ({
      base,
      warmupSteps: optimizer.warmupSteps,
      totalSteps: training.steps,
      minRatio: optimizer.minRatio,
    })
    const learningRate = learningRateAt(step, schedule(optimizer.learningRate))
    const puzzleLearningRate = learningRateAt(step, schedule(optimizer.puzzleLearningRate))

    const started = performance.now()
    const outcome = await this.#engine.step(
      this.#slots.batchOf(step, this.#engine.config.model.supervisionSteps),
      {
        step,
        learningRate,
        puzzleLearningRate,
      },
      ...(ranks ? [() => this.#vote(performance.now() - started)] : []),
    )
    if (ranks) this.#votes = outcome.votes
    this.#slots.refill(outcome.halted)
    this.#elapsedMs += performance.now() - started

    const { metrics, gradientNorm } = outcome
    const loss = metrics.totalLoss / training.batch // of the last supervision step of the optimiser step
    if (!(loss < explodedLoss) || !Number.isFinite(gradientNorm))
      throw new Divergence(step, loss, gradientNorm)
    this.#step = step
    const mean = (sum: number) => (metrics.count > 0 ? sum / metrics.count : null)
    return {
      type: 'step',
      step,
      totalSteps: training.steps,
      loss,
      answerLoss: metrics.answerLoss / training.batch,
      haltLoss: metrics.haltLoss / training.batch,
      continueLoss: metrics.continueLoss / training.batch,
      finished: metrics.count,
      exactAccuracy: mean(metrics.exactAccuracy),
      cellAccuracy: mean(metrics.cellAccuracy),
      haltAccuracy: mean(metrics.haltAccuracy),
      meanSteps: mean(metrics.steps),
      learningRate,
      gradientNorm,
      elapsedMs: this.#elapsedMs,
    }
  }

  /** EMA weights on the validation split, all supervision steps; by rank 0, which tells the others. */
  async #validate(): Promise<EvaluationReport> {
    const { ranks } = this.#options
    if (!ranks) return this.#evaluate()
    const told = ranks.rank === 0 ? JSON.stringify(await this.#evaluate()) : null
    const bytes = await ranks.broadcast(told === null ? null : new TextEncoder().encode(told))
    return JSON.parse(new TextDecoder().decode(bytes)) as EvaluationReport
  }

  async #evaluate(): Promise<EvaluationReport> {
    const { data, executor, recipe, ranks } = this.#options
    const weights = await this.#engine.readWeights('ema')
    const count = Math.min(data.validation.count, recipe.training.evaluatePuzzles)
    const set = selectPuzzles(
      data.validation,
      Int32Array.from({ length: count }, (_, index) => index),
    )
    const { noise } = recipe
    const model = {
      config: this.#model,
      weights,
      puzzleTable: this.#engine.puzzleTable,
      cellLoss: recipe.optimizer.loss,
      ...(noise && { noise }),
    }
    const { evaluateSteps } = recipe.training
    const options = {
      ...(data.isValid && { isValid: data.isValid }),
      ...(evaluateSteps !== null && { maxSteps: evaluateSteps }),
      ...(ranks && {
        shouldStop: () => {
          ranks.stillHere()
          return false
        },
      }),
    }
    if (this.#thinker) await this.#thinker.setWeights(weights)
    else this.#thinker = await Thinker.create(executor, model, evaluationSlots(model.config, count))
    for await (const event of evaluateWith(this.#thinker, set, options))
      if (event.type === 'done') return event.report
    throw new Error('an evaluation always ends with a report')
  }

  /** One event, but none where another rank has it. */
  async *#checkpoint(reason: 'interval' | 'best' | 'stop' | 'end'): AsyncGenerator<TrainingEvent, void> {
    const { recipe, data, executor, ranks } = this.#options
    const states = await this.#engine.gatherStates()
    if (!states) return
    const tensors = new Map<string, StoredTensor>()
    for (const [name, tensor] of states) tensors.set(name, storedTensor(tensor))
    const { nextDraw, draws, begun, reset } = this.#slots.position
    tensors.set('carry.reset', { dtype: 'float32', shape: [reset.length], data: reset })
    const { puzzleTable, config } = this.#engine
    const { cells, symbols, identifiers, puzzleEmbeddingWidth } = config.model
    if (puzzleEmbeddingWidth > 0)
      for (const [name, tensor] of storedPuzzleTable(puzzleTable)) tensors.set(name, tensor)
    const state: TrainingState = {
      recipe,
      sizes: { cells, symbols, identifiers },
      step: this.#step,
      nextDraw,
      slotDraws: draws,
      ...(recipe.noise && { slotBegun: begun }),
      best: this.#best,
      dataChecksum: data.checksum,
      ...(puzzleEmbeddingWidth > 0 && { identifierDigest: data.train.identifierDigest }),
      microBatch: config.microBatch,
      ...(ranks && { ranks: ranks.size }),
      elapsedMs: this.#elapsedMs,
      threads: executor.threads,
      executor: executor.kind,
      device: executor.device,
      tensors,
    }
    yield { type: 'checkpoint', step: this.#step, reason, state }
  }

  async close(): Promise<void> {
    await this.#engine.close()
    await this.#thinker?.close()
  }
}

const ofRanks = ({ ranks, recipe }: TrainOptions): EngineHelpers =>
  ranks ? { ranks, gradientPrecision: recipe.training.gradientPrecision } : {}

async function openRunner(
  { recipe, executor, pieceRunner }: TrainOptions,
  config: StepConfig,
): Promise<PieceRunner | null> {
  if (recipe.training.workers === 1) return null
  return pieceRunner ? pieceRunner(config) : inProcess(executor, config)
}

function hostTensor({ shape, data }: StoredTensor): HostTensor {
  return floatTensor(shape, data as Float32Array)
}

function storedTensor({ shape, data }: HostTensor): StoredTensor {
  return { dtype: 'float32', shape, data: data as Float32Array }
}
