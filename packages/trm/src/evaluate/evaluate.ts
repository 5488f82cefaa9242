// Letters: B slots, S cells, V symbols.
import { type Executor, InputError } from '@tiny-recursive-models/tensor'
import { checkPuzzleSet, type PuzzleSet } from '../data/puzzle-set.ts'
import type { ModelConfig } from '../models/config.ts'
import { fittingSlots } from '../train/micro-batch.ts'
import { Thinker, type TrainedModel } from './thinker.ts'

export interface EvaluationOptions {
  /** Supervision steps a puzzle may take; by default as many as in training. */
  readonly maximumSteps?: number
  /** `early`: a puzzle leaves when the model believes that its answer is right; `full`: all steps, as published. */
  readonly halting?: 'full' | 'early'
  /** Puzzles worked on at a time. */
  readonly slots?: number
  readonly shouldStop?: () => boolean
}

/** Shares are 0 to 1. */
export interface EvaluationReport {
  readonly puzzles: number
  readonly halting: 'full' | 'early'
  readonly maximumSteps: number
  /** Share of puzzles with every labelled cell right. */
  readonly exactAccuracy: number
  /** 95 % Wilson score interval of exactAccuracy. */
  readonly exactInterval: readonly [number, number]
  readonly cellAccuracy: number
  /** Share of puzzles where "halt" and "all right" agree at the end. */
  readonly haltAccuracy: number
  /** Supervision steps a puzzle took on average. */
  readonly meanSteps: number
  /** Accuracy of the answers held after each supervision step; a halted puzzle keeps its answer. */
  readonly byStep: readonly {
    readonly step: number
    readonly exactAccuracy: number
    readonly cellAccuracy: number
  }[]
  readonly elapsedMs: number
  readonly puzzlesPerSecond: number
}

export type EvaluationEvent =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly elapsedMs: number }
  | { readonly type: 'done'; readonly report: EvaluationReport }

/** Slots for an evaluation of `count` puzzles. */
export function evaluationSlots(config: ModelConfig, count: number): number {
  return Math.min(count, fittingSlots(config))
}

/** Measures a model on a set of puzzles. */
export async function* evaluate(
  executor: Executor,
  model: TrainedModel,
  set: PuzzleSet,
  options: EvaluationOptions = {},
): AsyncGenerator<EvaluationEvent, void> {
  checkSet(model.config, set)
  const slots = Math.min(options.slots ?? evaluationSlots(model.config, set.count), set.count)
  const thinker = await Thinker.create(executor, model, slots)
  try {
    yield* evaluateWith(thinker, set, options)
  } finally {
    await thinker.close()
  }
}

/** The same with a thinker that exists. */
export async function* evaluateWith(
  thinker: Thinker,
  set: PuzzleSet,
  options: EvaluationOptions,
): AsyncGenerator<EvaluationEvent, void> {
  const { maximumSteps = thinker.config.supervisionSteps, halting = 'full', shouldStop } = options
  const { slots } = thinker
  const { cells, symbols } = thinker.config
  const started = performance.now()
  const tally = new Tally(maximumSteps)
  const tokens = new Int32Array(slots * cells)
  const identifiers = new Int32Array(slots)
  const reset = new Float32Array(slots)
  const puzzleOf = new Array<number>(slots).fill(-1)
  const stepsOf = new Int32Array(slots)
  let next = 0

  const place = (slot: number) => {
    const puzzle = next < set.count ? next++ : -1
    puzzleOf[slot] = puzzle
    stepsOf[slot] = 0
    reset[slot] = 1
    if (puzzle < 0) return
    tokens.set(set.inputs.subarray(puzzle * cells, (puzzle + 1) * cells), slot * cells)
    identifiers[slot] = set.puzzleIdentifiers[puzzle]!
  }
  for (let slot = 0; slot < slots; slot++) place(slot)

  let reported = 0
  while (tally.finished < set.count) {
    if (shouldStop?.()) return
    const { logits, haltLogits } = await thinker.step(tokens, identifiers, reset)
    reset.fill(0)
    for (let slot = 0; slot < slots; slot++) {
      const puzzle = puzzleOf[slot]!
      if (puzzle < 0) continue
      const step = ++stepsOf[slot]!
      const labels = set.labels.subarray(puzzle * cells, (puzzle + 1) * cells)
      const score = scoreAnswer(
        logits.subarray(slot * cells * symbols, (slot + 1) * cells * symbols),
        labels,
        symbols,
      )
      const believes = haltLogits[slot]! > 0
      const done = step >= maximumSteps || (halting === 'early' && believes)
      tally.note(step, score, done, believes)
      if (done) place(slot)
    }
    const elapsedMs = performance.now() - started
    if (elapsedMs - reported > 250) {
      reported = elapsedMs
      yield { type: 'progress', done: tally.finished, total: set.count, elapsedMs }
    }
  }
  yield { type: 'done', report: tally.report(halting, performance.now() - started) }
}

interface Score {
  readonly exact: boolean
  /** Share of labelled cells that are right. */
  readonly cells: number
}

/** How an answer given as logits [S, V] compares with labels [S]; the first of equal logits is the answer. */
function scoreAnswer(logits: Float32Array, labels: Int32Array, symbols: number): Score {
  let [right, scored] = [0, 0]
  labels.forEach((label, cell) => {
    if (label < 0) return
    scored++
    let best = 0
    for (let symbol = 1; symbol < symbols; symbol++)
      if (logits[cell * symbols + symbol]! > logits[cell * symbols + best]!) best = symbol
    if (best === label) right++
  })
  return { exact: scored > 0 && right === scored, cells: right / Math.max(1, scored) }
}

class Tally {
  readonly #exact: Float64Array
  readonly #cells: Float64Array
  #steps = 0
  #haltRight = 0
  finished = 0

  constructor(maximumSteps: number) {
    this.#exact = new Float64Array(maximumSteps)
    this.#cells = new Float64Array(maximumSteps)
  }

  note(step: number, { exact, cells }: Score, done: boolean, believes: boolean): void {
    // A puzzle that is done keeps its answer for the steps that it does not take.
    const last = done ? this.#exact.length : step
    for (let index = step - 1; index < last; index++) {
      this.#exact[index]! += Number(exact)
      this.#cells[index]! += cells
    }
    if (!done) return
    this.finished++
    this.#steps += step
    if (believes === exact) this.#haltRight++
  }

  report(halting: 'full' | 'early', elapsedMs: number): EvaluationReport {
    const puzzles = this.finished
    const byStep = Array.from(this.#exact, (exact, index) => ({
      step: index + 1,
      exactAccuracy: exact / puzzles,
      cellAccuracy: this.#cells[index]! / puzzles,
    }))
    const { exactAccuracy, cellAccuracy } = byStep.at(-1)!
    return {
      puzzles,
      halting,
      maximumSteps: byStep.length,
      exactAccuracy,
      exactInterval: wilsonInterval(exactAccuracy, puzzles),
      cellAccuracy,
      haltAccuracy: this.#haltRight / puzzles,
      meanSteps: this.#steps / puzzles,
      byStep,
      elapsedMs,
      puzzlesPerSecond: (1000 * puzzles) / elapsedMs,
    }
  }
}

/** The 95 % score interval of a share measured on `count` cases (Wilson 1927); honest near 0 and 1. */
export function wilsonInterval(share: number, count: number): readonly [number, number] {
  const z = 1.959964
  const denominator = 1 + z ** 2 / count
  const center = (share + z ** 2 / (2 * count)) / denominator
  const spread = (z / denominator) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  return [Math.max(0, center - spread), Math.min(1, center + spread)]
}

function checkSet(config: ModelConfig, set: PuzzleSet): void {
  checkPuzzleSet(set)
  const fits =
    set.cells === config.cells && set.symbols === config.symbols && set.identifiers <= config.identifiers
  if (fits && set.count > 0) return
  throw new InputError({
    who: `evaluation of "${set.name}"`,
    expected: `puzzles of ${config.cells} cells and ${config.symbols} symbols, at most ${config.identifiers} identifiers`,
    got: `${set.count} puzzles of ${set.cells} cells, ${set.symbols} symbols, ${set.identifiers} identifiers`,
    hint: 'Evaluate on data of the kind that the model was trained on.',
  })
}
