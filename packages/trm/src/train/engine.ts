// Letters: B slots of the batch.
import {
  type Executor,
  floatTensor,
  type HostTensor,
  integerTensor,
  type RunnableProgram,
  Workspace,
} from '@tiny-recursive-models/tensor'
import type { Precision } from '../models/precision.ts'
import { PuzzleTable } from '../models/puzzle-table.ts'
import { initialWeights, type WeightsOf, weightTypes } from '../models/weights.ts'
import { type Metrics, metricNames } from '../programs/losses.ts'
import {
  carryTypes,
  type StepConfig,
  traceAccumulation,
  traceTrainingStep,
  traceUpdate,
  trainedNames,
} from '../programs/programs.ts'
import {
  carryOfPiece,
  type Feeds,
  isCarry,
  type PieceFeeds,
  type PieceRunner,
  pieceOfCarry,
} from './piece-runner.ts'
import { noVotes, RankExchange, type RankResults, type Votes } from './rank-exchange.ts'
import type { PieceRange, Ranks } from './ranks.ts'
import { type SlotBatch, slotFeeds } from './slot-feeds.ts'

/** The values of the schedule at one step. */
export interface Rates {
  /** Optimiser steps including this one: t of the bias corrections. */
  readonly step: number
  readonly learningRate: number
  readonly puzzleLearningRate: number
}

/** The results of a training step. */
export interface StepOutcome {
  /** Sums over the slots that halted in this step; losses over all slots. */
  readonly metrics: Metrics
  /** [B]: 1 where the slot is done with its puzzle */
  readonly halted: Float32Array
  readonly gradientNorm: number
  /** What was asked for in the step, by this rank or any other. */
  readonly votes: Votes
  /** Everything that the last program gave out: that of the whole step or, with micro-batches, of the update. */
  readonly outputs: Readonly<Record<string, HostTensor>>
}

/** Where training starts: fresh weights from a seed, or given ones; and puzzle embeddings, by default all 0. */
export type EngineStart = ({ readonly seed: number } | { readonly weights: WeightsOf<HostTensor> }) & {
  readonly puzzleTable?: PuzzleTable
}

/** Who computes the pieces of a batch beside the engine itself; they are the engine's from then on, also to close. */
export interface EngineHelpers {
  /** Computes the pieces of this process. */
  readonly runner?: PieceRunner | null
  /** The processes among which the pieces are divided. */
  readonly ranks?: Ranks
  /** What gradients travel in between ranks; float32 by default. */
  readonly gradientPrecision?: Precision
}

/**
 * Weights, moments, EMA and carry on a device, and the programs that advance them by one optimiser step: one
 * program if the batch fits in one piece, otherwise one run per micro-batch and an update. A piece runner, where one is
 * given, holds the carry and computes the gradients of the micro-batches; here they are summed, in their order, so that
 * the sum does not depend on what runs side by side. Of several ranks each has the carry and computes the gradients of its
 * pieces, and all make the same update from the same sum.
 *
 * The puzzle embedding table stays in host memory: a step touches only the rows of its batch, however many hundreds of
 * thousands there are.
 */
export class TrainingEngine {
  readonly config: StepConfig
  /** Updated in place by every step. */
  readonly puzzleTable: PuzzleTable
  readonly #workspace: Workspace
  /** The whole step; or what accumulates, unless a runner does, and the update. */
  readonly #programs: readonly RunnableProgram[]
  readonly #runner: PieceRunner | null
  readonly #exchange: RankExchange | null

  private constructor(
    config: StepConfig,
    puzzleTable: PuzzleTable,
    workspace: Workspace,
    programs: readonly RunnableProgram[],
    runner: PieceRunner | null,
    exchange: RankExchange | null,
  ) {
    this.config = config
    this.puzzleTable = puzzleTable
    this.#workspace = workspace
    this.#programs = programs
    this.#runner = runner
    this.#exchange = exchange
  }

  /**
   * Compiles the programs and starts from fresh weights, or from `weights`; the EMA starts as a copy.
   *
   * @throws InputError if there are more ranks than pieces of a batch
   */
  static async create(
    executor: Executor,
    config: StepConfig,
    start: EngineStart,
    inspect = false,
    helpers: EngineHelpers = {},
  ): Promise<TrainingEngine> {
    try {
      return await TrainingEngine.#open(executor, config, start, inspect, helpers)
    } catch (error) {
      await helpers.runner?.close()
      throw error
    }
  }

  static async #open(
    executor: Executor,
    config: StepConfig,
    start: EngineStart,
    inspect: boolean,
    { runner = null, ranks, gradientPrecision }: EngineHelpers,
  ): Promise<TrainingEngine> {
    const workspace = new Workspace(executor)
    const exchange = ranks ? new RankExchange(ranks, config, gradientPrecision) : null
    const inOne = isInOne(config, runner, exchange)
    const accumulation = runner ? [] : [traceAccumulation(config)]
    const programs = inOne ? [traceTrainingStep(config, inspect)] : [...accumulation, traceUpdate(config)]
    const compiled: RunnableProgram[] = []
    for (const program of programs) compiled.push(await workspace.compile(program))
    const { identifiers, puzzleEmbeddingWidth } = config.model
    const table = start.puzzleTable ?? new PuzzleTable(identifiers, puzzleEmbeddingWidth)
    const engine = new TrainingEngine(config, table, workspace, compiled, runner, exchange)

    const weights = 'weights' in start ? start.weights : initialWeights(config.model, start.seed)
    const names = Object.keys(weightTypes(config.model))
    await engine.writeStates(new Map(names.map((name) => [`weights.${name}`, weights[name]!])))
    const trained = trainedNames(config.model)
    // One for all: what is not read any more stays in memory until somebody collects it.
    const nothing = new Float32Array(Math.max(...trained.map((name) => weights[name]!.data.length)))
    for (const name of trained) {
      const { shape, data } = weights[name]!
      const zeros = floatTensor(shape, nothing.subarray(0, data.length))
      await workspace.write(`ema.${name}`, weights[name]!)
      await workspace.write(`moment1.${name}`, zeros)
      await workspace.write(`moment2.${name}`, zeros)
      if (!inOne) await workspace.write(`gradient.${name}`, zeros)
    }
    const carry = new Map<string, HostTensor>()
    const { from, to } = engine.#own
    for (let piece = from; piece < to; piece++) {
      for (const [name, { shape }] of Object.entries(carryTypes(config.model, config.microBatch))) {
        const count = shape.reduce((product, length) => product * length, 1)
        carry.set(carryOfPiece(piece)(name), floatTensor(shape, new Float32Array(count)))
      }
    }
    await engine.writeStates(carry)
    return engine
  }

  /** The pieces whose carry and gradients are here. */
  get #own(): PieceRange {
    return this.#exchange?.own ?? { from: 0, to: this.config.batch / this.config.microBatch }
  }

  /**
   * The slots that this rank computes, from `from` up to and without `to`: of the others a batch needs the identifiers
   * alone.
   */
  get ownSlots(): PieceRange {
    const { microBatch } = this.config
    return { from: this.#own.from * microBatch, to: this.#own.to * microBatch }
  }

  /**
   * One optimiser step.
   *
   * @param votes asked when this rank has its gradients, before they are summed
   */
  async step(batch: SlotBatch, rates: Rates, votes = () => noVotes): Promise<StepOutcome> {
    const { model, optimizer } = this.config
    const inOne = isInOne(this.config, this.#runner, this.#exchange)
    const scheduled = {
      learningRate: scalarTensor(rates.learningRate),
      correction1: scalarTensor(1 - optimizer.beta1 ** rates.step),
      correction2: scalarTensor(1 - optimizer.beta2 ** rates.step),
      ...(model.puzzleEmbeddingWidth > 0
        ? { puzzleLearningRate: scalarTensor(rates.puzzleLearningRate) }
        : {}),
    }
    const outcome = inOne
      ? await this.#stepWhole(batch, scheduled, votes)
      : await this.#stepInPieces(batch, scheduled, votes)
    const { rows } = outcome.outputs
    if (rows) this.puzzleTable.put(batch.identifiers, rows.data as Float32Array)
    return outcome
  }

  async #stepWhole(batch: SlotBatch, scheduled: Feeds, votes: () => Votes): Promise<StepOutcome> {
    const feeds = { ...this.#feedsOf(batch, 0, this.config.batch), ...scheduled }
    const outputs = await this.#programs[0]!.run(feeds, carryOfPiece(0))
    return {
      metrics: namedMetrics([outputs.metrics!]),
      halted: outputs.halted!.data as Float32Array,
      gradientNorm: outputs.gradientNorm!.data[0]!,
      votes: votes(),
      outputs,
    }
  }

  async #stepInPieces(batch: SlotBatch, scheduled: Feeds, votes: () => Votes): Promise<StepOutcome> {
    const { batch: slots, microBatch, model } = this.config
    const halted = new Float32Array(slots)
    const rowGradient = new Float32Array(slots * model.puzzleEmbeddingWidth)
    const metrics: HostTensor[] = []
    const results = await this.#computePieces(batch, votes)
    for (const [piece, outputs] of results.outputs.entries()) {
      const start = piece * microBatch
      metrics.push(outputs.metrics!)
      halted.set(outputs.halted!.data, start)
      if (outputs.rowGradient) rowGradient.set(outputs.rowGradient.data, start * model.puzzleEmbeddingWidth)
    }
    const shape = [slots, model.puzzleEmbeddingWidth]
    const rowFeeds: Feeds =
      model.puzzleEmbeddingWidth > 0
        ? {
            rows: floatTensor(shape, this.puzzleTable.gather(batch.identifiers)),
            rowGradient: floatTensor(shape, rowGradient),
            identifiers: integerTensor([slots], batch.identifiers),
          }
        : {}
    const outputs = await this.#programs.at(-1)!.run({ ...scheduled, ...rowFeeds })
    await this.#handOutWeights()
    const gradientNorm = outputs.gradientNorm!.data[0]!
    return { metrics: namedMetrics(metrics), halted, gradientNorm, votes: results.votes, outputs }
  }

  /** Outputs of every piece of all ranks; the summed gradients are in `gradient.*` afterwards. */
  async #computePieces(batch: SlotBatch, votes: () => Votes): Promise<Omit<RankResults, 'gradient'>> {
    const { outputs, gradient } = await (this.#runner
      ? this.#runPieces(this.#runner, batch)
      : this.#accumulate(batch))
    const own = { outputs, gradient: gradient ?? new Map<string, HostTensor>(), votes: votes() }
    if (!this.#exchange && !gradient) return own
    const all = this.#exchange
      ? await this.#exchange.run({ ...own, gradient: gradient ?? (await this.#readGradient()) })
      : own
    for (const [name, tensor] of all.gradient) await this.#workspace.write(`gradient.${name}`, tensor)
    return all
  }

  /** Outputs of the pieces of this rank; the gradients are in `gradient.*` afterwards. */
  async #accumulate(batch: SlotBatch): Promise<PiecesOutcome> {
    const outputs: Feeds[] = []
    for (const { piece, feeds } of this.#pieces(batch)) {
      outputs.push(await this.#programs[0]!.run(feeds, carryOfPiece(piece)))
      this.#exchange?.ranks.stillHere()
    }
    return { outputs, gradient: null }
  }

  /** As `#accumulate`, but by the runner, and the gradients are handed back. */
  async #runPieces(runner: PieceRunner, batch: SlotBatch): Promise<PiecesOutcome> {
    const pieces = this.#pieces(batch)
    const outputs: Feeds[] = []
    const sum = new GradientSum()
    for (let start = 0; start < pieces.length; start += runner.atOnce) {
      for (const outcome of await runner.run(pieces.slice(start, start + runner.atOnce))) {
        outputs.push(outcome.outputs)
        sum.add(outcome.gradient)
      }
      this.#exchange?.ranks.stillHere()
    }
    return { outputs, gradient: sum.tensors }
  }

  async #readGradient(): Promise<Map<string, HostTensor>> {
    const gradient = new Map<string, HostTensor>()
    for (const name of trainedNames(this.config.model))
      gradient.set(name, await this.#workspace.read(`gradient.${name}`))
    return gradient
  }

  /** The weights after an update, to the runner. */
  async #handOutWeights(): Promise<void> {
    if (!this.#runner) return
    const weights = new Map<string, HostTensor>()
    for (const name of trainedNames(this.config.model))
      weights.set(`weights.${name}`, await this.#workspace.read(`weights.${name}`))
    await this.#runner.writeStates(weights)
  }

  /** Those of this rank. */
  #pieces(batch: SlotBatch): PieceFeeds[] {
    const { microBatch } = this.config
    const { from, to } = this.#own
    return Array.from({ length: to - from }, (_, index) => {
      const piece = from + index
      return { piece, feeds: this.#feedsOf(batch, piece * microBatch, (piece + 1) * microBatch) }
    })
  }

  #feedsOf(batch: SlotBatch, start: number, end: number): Feeds {
    return slotFeeds(this.config, this.puzzleTable, batch, start, end)
  }

  /**
   * All states in host memory: weights, EMA, moments, carry (gradients are zero between steps). Of several ranks, each has
   * the carry of its pieces.
   */
  async readStates(): Promise<Map<string, HostTensor>> {
    const states = new Map<string, HostTensor>()
    for (const name of this.#workspace.names())
      if (!name.startsWith('gradient.')) states.set(name, await this.#workspace.read(name))
    for (const [name, tensor] of (await this.#runner?.readCarry()) ?? []) states.set(name, tensor)
    return states
  }

  /** `readStates` with the carry of all ranks, on rank 0; null on the others. */
  async gatherStates(): Promise<Map<string, HostTensor> | null> {
    const states = await this.readStates()
    return this.#exchange ? this.#exchange.gather(states) : states
  }

  /** Puts states read before in place; the carry must come from the same micro-batch size. */
  async writeStates(states: ReadonlyMap<string, HostTensor>): Promise<void> {
    const { from, to } = this.#own
    const isHere = (name: string) => !isCarry(name) || (pieceOfCarry(name) >= from && pieceOfCarry(name) < to)
    const here = [...states].filter(([name]) => isHere(name))
    for (const [name, tensor] of here)
      if (!this.#runner || !isCarry(name)) await this.#workspace.write(name, tensor)
    const ofRunner = here.filter(([name]) => isCarry(name) || name.startsWith('weights.'))
    await this.#runner?.writeStates(new Map(ofRunner))
  }

  /** The weights to evaluate with: EMA (default) or as they are; untrained ones are the same in both. */
  async readWeights(role: 'ema' | 'weights' = 'ema'): Promise<WeightsOf<HostTensor>> {
    const weights: Record<string, HostTensor> = {}
    for (const name of Object.keys(weightTypes(this.config.model))) {
      const inRole = `${role}.${name}`
      weights[name] = await this.#workspace.read(this.#workspace.has(inRole) ? inRole : `weights.${name}`)
    }
    return weights
  }

  async close(): Promise<void> {
    await this.#runner?.close()
    this.#exchange?.close()
    for (const program of this.#programs) await program.close()
    for (const name of this.#workspace.names()) this.#workspace.remove(name)
  }
}

interface PiecesOutcome {
  readonly outputs: readonly Feeds[]
  /** Null where they are on the device. */
  readonly gradient: ReadonlyMap<string, HostTensor> | null
}

/** Whether one program does the whole step. */
const isInOne = (
  { batch, microBatch }: StepConfig,
  runner: PieceRunner | null,
  exchange: RankExchange | null,
): boolean => batch === microBatch && !runner && !exchange

const scalarTensor = (value: number): HostTensor => floatTensor([], [value])

/** Gradients of pieces, added up in float32 in the order that they come in. */
class GradientSum {
  readonly tensors = new Map<string, HostTensor>()

  add(gradient: Feeds): void {
    for (const [name, { shape, data }] of Object.entries(gradient)) {
      const sum = this.tensors.get(name)?.data
      if (sum) for (let index = 0; index < sum.length; index++) sum[index]! += data[index]!
      else this.tensors.set(name, floatTensor(shape, Float32Array.from(data)))
    }
  }
}

function namedMetrics(vectors: readonly HostTensor[]): Metrics {
  const sum = (index: number) => vectors.reduce((total, { data }) => total + data[index]!, 0)
  return Object.fromEntries(metricNames.map((name, index) => [name, sum(index)])) as unknown as Metrics
}
