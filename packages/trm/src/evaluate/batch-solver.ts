// Letters: B slots, S cells, V symbols.
import { type Executor, InputError, letMessagesIn } from '@tiny-recursive-models/tensor'
import { fittingSlots } from '../programs/micro-batch.ts'
import type { PuzzleKind } from '../puzzles/family.ts'
import { boardOf } from '../puzzles/index.ts'
import { type DeskStep, Desks, type Task } from './desks.ts'
import type { Solution, SolutionStep, SolveRequest, Solver } from './solver.ts'
import { checkQuestion, readLogits } from './think.ts'
import { Thinker, type TrainedModel } from './thinker.ts'

/** Settings of a `BatchSolver`; all may be left out. */
export interface BatchSolverOptions {
  /** What puzzles they are, for the rule by which attempts are accepted and for symmetries; null: neither is known. */
  readonly kind?: PuzzleKind | null
  /** Most slots; by default what computes at full speed, up to `usualSlots`. */
  readonly slots?: number
  /** Told after every step how many slots it computed, and how many of them had a puzzle. */
  readonly onStep?: (slots: number, busy: number) => void
}

/** More slots than this hardly save time per puzzle, and every puzzle waits for all of them in every step. */
const usualSlots = 16

/** Slots that a batch of this model has unless told otherwise. */
export const usualBatchSlots = (model: TrainedModel): number =>
  Math.min(usualSlots, Math.max(2, fittingSlots(model.config)))

interface Job extends Task {
  readonly cellLoss: TrainedModel['cellLoss']
  readonly withSteps: boolean
  readonly steps: SolutionStep[]
  readonly resolve: (solution: Solution) => void
  readonly reject: (reason: unknown) => void
  isGivenUp: boolean
}

/**
 * A continuous batch: puzzles take free slots between two steps, and leave when they are done. A step is computed for as
 * many slots as are needed, in powers of two, by programs that are compiled beforehand.
 */
export class BatchSolver implements Solver {
  readonly slots: number
  readonly capacity: number
  readonly #model: TrainedModel
  /** By their slots, ascending. */
  readonly #thinkers: readonly Thinker[]
  readonly #desks: Desks<Job>
  readonly #options: BatchSolverOptions
  readonly #waiting: Job[] = []
  readonly #begun = new Set<Job>()
  #work: Promise<void> | null = null
  #isClosed = false

  private constructor(model: TrainedModel, thinkers: readonly Thinker[], options: BatchSolverOptions) {
    this.slots = thinkers.at(-1)!.slots
    this.capacity = this.slots + Math.ceil(this.slots / 2)
    this.#model = model
    this.#thinkers = thinkers
    this.#desks = new Desks(thinkers[0]!)
    this.#options = options
  }

  /**
   * Compiles its programs.
   *
   * @param executor with one thread a puzzle gets bit for bit the same logits in every batch; with several, and in the
   * batch of one of `think`, they may round differently
   */
  static async open(
    executor: Executor,
    model: TrainedModel,
    options: BatchSolverOptions = {},
  ): Promise<BatchSolver> {
    const { slots = usualBatchSlots(model) } = options
    if (!Number.isInteger(slots) || slots < 1) {
      const hint = 'Leave it out, or give a power of two.'
      throw new InputError({ who: 'slots', expected: 'a whole number from 1', got: String(slots), hint })
    }
    const thinkers: Thinker[] = []
    for (const width of widthsTo(slots)) thinkers.push(await Thinker.create(executor, model, width))
    return new BatchSolver(model, thinkers, options)
  }

  solve(request: SolveRequest, signal?: AbortSignal): Promise<Solution> {
    return new Promise((resolve, reject) => {
      const { question, effort, identifier = 0, withSteps = false } = request
      checkQuestion(this.#model.config, question)
      if (this.#isClosed) throw new Error('the solver is closed')
      signal?.throwIfAborted()
      const { rule, symmetry } = (this.#options.kind && boardOf(this.#options.kind)) || {}
      const job: Job = {
        question,
        identifier,
        effort,
        puzzle: 0,
        ...(rule && { isValid: rule.isSolved }),
        ...(symmetry && { symmetry }),
        cellLoss: this.#model.cellLoss,
        withSteps,
        steps: [],
        resolve,
        reject,
        isGivenUp: false,
      }
      signal?.addEventListener(
        'abort',
        () => {
          // Its slot is freed between two steps.
          job.isGivenUp = true
          reject(signal.reason)
        },
        { once: true },
      )
      this.#waiting.push(job)
      this.#work ??= this.#workOff().finally(() => {
        this.#work = null
      })
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const job of this.#open()) {
      job.isGivenUp = true
      job.reject(new Error('the solver was closed'))
    }
    await this.#work
    for (const thinker of this.#thinkers) await thinker.close()
  }

  #open(): Job[] {
    return [...this.#begun, ...this.#waiting]
  }

  /** Steps until nothing is left to do. */
  async #workOff(): Promise<void> {
    try {
      // Requests that arrive together begin together.
      await letMessagesIn()
      while (await this.#fillDesks()) {
        const told = await this.#desks.step()
        this.#options.onStep?.(this.#desks.slots, told.length)
        for (const step of told) this.#note(step)
        await letMessagesIn()
      }
    } catch (error) {
      for (const job of this.#open()) {
        this.#desks.drop(job)
        job.reject(error)
      }
      this.#begun.clear()
      this.#waiting.length = 0
    }
  }

  /** Gives free slots to those that wait, of as wide a program as that takes; whether there is anything to do. */
  async #fillDesks(): Promise<boolean> {
    for (const job of this.#begun) {
      if (!job.isGivenUp) continue
      this.#desks.drop(job)
      this.#begun.delete(job)
    }
    const kept = this.#waiting.filter(({ isGivenUp }) => !isGivenUp)
    const begin = kept.splice(0, this.slots - this.#begun.size)
    this.#waiting.splice(0, this.#waiting.length, ...kept)
    for (const job of begin) this.#begun.add(job)
    if (this.#begun.size === 0) return false
    await this.#desks.moveTo(this.#thinkers.find(({ slots }) => slots >= this.#begun.size)!)
    for (const job of begin) await this.#desks.begin(job)
    return true
  }

  #note({ task: job, attempt, step, logits, haltLogit, asAsked, done }: DeskStep<Job>): void {
    if (job.withSteps) {
      const { answer, confidence } = readLogits(
        logits,
        this.#model.config.symbols,
        job.cellLoss ?? 'stablemax',
      )
      job.steps.push({
        attempt,
        step,
        answer: asAsked(answer),
        leastConfidence: Math.min(...confidence),
        haltProbability: 1 / (1 + Math.exp(-haltLogit)),
      })
    }
    if (done === null) return
    this.#begun.delete(job)
    job.resolve({ ...done, steps: job.steps })
  }
}

/**
 * Slots of the programs: powers of two up to the most. None of one slot, where there may be more: ONNX Runtime
 * multiplies a single row by another kernel, which rounds differently.
 */
function widthsTo(most: number): number[] {
  const widths: number[] = []
  for (let width = 2; width < most; width *= 2) widths.push(width)
  return [...widths, most]
}
