// Letters: B slots, S cells, V symbols.
import {
  type Executor,
  floatTensor,
  type HostTensor,
  integerTensor,
  type RandomStream,
  type RunnableProgram,
  Workspace,
} from '@tiny-recursive-models/tensor'
import { type ModelConfig, stateNames } from '../models/config.ts'
import type { PuzzleTable } from '../models/puzzle-table.ts'
import { startVector } from '../models/weight-tree.ts'
import { type WeightsOf, weightTypes } from '../models/weights.ts'
import type { CellLoss } from '../programs/losses.ts'
import { stateTypes, traceThinking } from '../programs/programs.ts'
import type { NoiseRecipe } from '../recipes/schema.ts'
import { ShownAnswers } from './shown-answers.ts'

/** A model to run: architecture, weights and, where it has one, the puzzle embedding table. */
export interface TrainedModel {
  readonly config: ModelConfig
  readonly weights: WeightsOf<HostTensor>
  readonly puzzleTable: PuzzleTable
  /** Of the identifiers that the table was learned with, where it is known. */
  readonly identifierDigest?: string
  /** The loss it was trained with, which says how logits become probabilities; by default stablemax. */
  readonly cellLoss?: CellLoss
  /** Of a model that is shown noisy answers: what it was trained on. */
  readonly noise?: NoiseRecipe
}

/** What a supervision step gives for a batch of B puzzles. */
export interface ThinkingStep {
  /** [B, S, V] */
  readonly logits: Float32Array
  /** [B] */
  readonly haltLogits: Float32Array
  /** [B]: 1 where the model would halt */
  readonly wantsToHalt: Float32Array
  /** [F, B, S, V] after each of the F calls of a net; only where it was asked for. */
  readonly inside?: Float32Array
}

/** Runs supervision steps on B slots; each slot can take a new puzzle at any step. */
export class Thinker {
  readonly config: ModelConfig
  readonly slots: number
  readonly #model: TrainedModel
  readonly #executor: Executor
  readonly #workspace: Workspace
  readonly #program: RunnableProgram
  readonly #puzzleTable: PuzzleTable
  readonly #shown: ShownAnswers | null
  /** The same step with a look inside: built when it is first asked for. */
  #insideProgram: Promise<RunnableProgram> | null = null

  private constructor(
    executor: Executor,
    model: TrainedModel,
    workspace: Workspace,
    program: RunnableProgram,
    slots: number,
    shown: ShownAnswers | null,
  ) {
    this.config = model.config
    this.slots = slots
    this.#model = model
    this.#executor = executor
    this.#workspace = workspace
    this.#program = program
    this.#puzzleTable = model.puzzleTable
    this.#shown = shown
  }

  static async create(executor: Executor, model: TrainedModel, slots: number): Promise<Thinker> {
    const { config, noise, cellLoss } = model
    const workspace = new Workspace(executor)
    const program = await workspace.compile(traceThinking(config, slots))
    const shown = noise ? new ShownAnswers(config, noise, slots, cellLoss) : null
    const thinker = new Thinker(executor, model, workspace, program, slots, shown)
    await thinker.setWeights(model.weights)
    for (const [name, { shape }] of Object.entries(stateTypes(config, slots))) {
      const count = shape.reduce((product, length) => product * length, 1)
      await workspace.write(name, floatTensor(shape, new Float32Array(count)))
    }
    return thinker
  }

  async setWeights(weights: WeightsOf<HostTensor>): Promise<void> {
    for (const name of Object.keys(weightTypes(this.config)))
      await this.#workspace.write(`weights.${name}`, weights[name]!)
  }

  /**
   * One supervision step for all slots.
   *
   * @param tokens      [B, S]
   * @param identifiers [B]
   * @param reset       [B]: 1 where a new puzzle begins
   * @param attempts    [B] which of several attempts this is: each sees other noise; by default the first, 0
   * @param inside      also gives what every call of a net left; the rest is the same, bit for bit
   */
  async step(
    tokens: Int32Array,
    identifiers: Int32Array,
    reset: Float32Array,
    attempts?: ArrayLike<number>,
    inside = false,
  ): Promise<ThinkingStep> {
    const { cells, puzzleEmbeddingWidth } = this.config
    const feeds: Record<string, HostTensor> = {
      tokens: integerTensor([this.slots, cells], tokens),
      reset: floatTensor([this.slots], reset),
    }
    if (puzzleEmbeddingWidth > 0) {
      const rows = this.#puzzleTable.gather(identifiers)
      feeds.rows = floatTensor([this.slots, puzzleEmbeddingWidth], rows)
    }
    const program = inside ? await this.#openInside() : this.#program
    if (this.#shown) feeds.noisy = this.#shown.next(tokens, reset, attempts)
    const { logits, haltLogits, wantsToHalt, inside: frames } = await program.run(feeds)
    this.#shown?.note(logits!.data as Float32Array)
    return {
      logits: logits!.data as Float32Array,
      haltLogits: haltLogits!.data as Float32Array,
      wantsToHalt: wantsToHalt!.data as Float32Array,
      ...(frames && { inside: frames.data as Float32Array }),
    }
  }

  #openInside(): Promise<RunnableProgram> {
    this.#insideProgram ??= this.#workspace.compile(traceThinking(this.config, this.slots, true))
    return this.#insideProgram
  }

  /**
   * Gives one slot start states with noise, so that another attempt takes another path (restarts by noise on the
   * latent: standard deviation 0.3 in the field's reports). The slot's next step is without `reset`.
   */
  async beginNoisy(slot: number, deviation: number, random: RandomStream): Promise<void> {
    for (const name of stateNames(this.config)) {
      const start = (await this.#workspace.read(`weights.${startVector(name)}`)).data
      const state = await this.#workspace.read(`carry.${name}`)
      const [nodes, slots, width] = state.shape as [number, number, number]
      for (let node = 0; node < nodes; node++) {
        const at = (node * slots + slot) * width
        for (let feature = 0; feature < width; feature++)
          state.data[at + feature] = start[feature]! + deviation * random.normal()
      }
      await this.#workspace.write(`carry.${name}`, state)
    }
  }

  /**
   * A thinker that continues with only these slots, for when most are done: a step costs the same for busy and idle
   * slots. This one is closed.
   */
  async narrowed(kept: readonly number[]): Promise<Thinker> {
    const narrow = await Thinker.create(this.#executor, this.#model, kept.length)
    await narrow.take(this, kept)
    await this.close()
    return narrow
  }

  /**
   * Goes on with these slots of another thinker of the same model in its own first places; what was in any place is
   * lost.
   */
  async take(other: Thinker, slots: readonly number[]): Promise<void> {
    if (other.#shown) this.#shown?.take(other.#shown, slots)
    for (const name of stateNames(this.config)) {
      const { shape, data } = await other.#workspace.read(`carry.${name}`)
      const [nodes, otherSlots, width] = shape as [number, number, number]
      const states = new Float32Array(nodes * this.slots * width)
      for (let node = 0; node < nodes; node++) {
        slots.forEach((slot, place) => {
          const from = (node * otherSlots + slot) * width
          const state = (data as Float32Array).subarray(from, from + width)
          states.set(state, (node * this.slots + place) * width)
        })
      }
      await this.#workspace.write(`carry.${name}`, floatTensor([nodes, this.slots, width], states))
    }
  }

  /** The states by name, each [L, B, D], after the last step. */
  async readStates(): Promise<Readonly<Record<string, HostTensor>>> {
    const states: Record<string, HostTensor> = {}
    for (const name of stateNames(this.config)) states[name] = await this.#workspace.read(`carry.${name}`)
    return states
  }

  async close(): Promise<void> {
    await this.#program.close()
    await (await this.#insideProgram)?.close()
    for (const name of this.#workspace.names()) this.#workspace.remove(name)
  }
}
