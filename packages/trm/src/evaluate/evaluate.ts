// Letters: B slots, S cells, V symbols.
import { type Executor, InputError } from '@tiny-recursive-models/tensor'
import type { IsValid } from '../data/data-sets.ts'
import { type AnyPuzzleSet, checkPuzzleSet, type Example, puzzleAt } from '../data/puzzle-set.ts'
import type { ModelConfig } from '../models/config.ts'
import { fittingSlots } from '../programs/micro-batch.ts'
import { endsByStandingStill, StandStill } from './stands-still.ts'
import { Thinker, type TrainedModel } from './thinker.ts'

/** Settings of `evaluate`; all may be left out. */
export interface EvaluationOptions {
  /** Supervision steps a puzzle may take; by default as many as in training. */
  readonly maxSteps?: number
  /**
   * `early`: a puzzle leaves when the model predicts that its answer is correct (see `endsByStandingStill`); `full`:
   * all steps, as published.
   */
  readonly halting?: 'full' | 'early'
  /** Puzzles worked on at a time. */
  readonly slots?: number
  /** Counts valid answers too. */
  readonly isValid?: IsValid
  readonly shouldStop?: () => boolean
}

/** Shares are 0 to 1. Those that compare with answers are over the labelled puzzles, and null where there are none. */
export interface EvaluationReport {
  readonly puzzles: number
  /** Puzzles whose answer is known, at least in part; absent in reports of earlier versions, which took it for granted. */
  readonly labelled?: number
  readonly halting: 'full' | 'early'
  readonly maxSteps: number
  /** Share of puzzles with every labelled cell correct. */
  readonly exactAccuracy: number | null
  /** 95 % Wilson score interval of exactAccuracy. */
  readonly exactInterval: readonly [number, number] | null
  readonly cellAccuracy: number | null
  /** Share of puzzles whose answer is valid; null if there is no rule to check by. */
  readonly validAccuracy: number | null
  /** Share of puzzles where the halting decision agrees with correctness at the end. */
  readonly haltAccuracy: number | null
  /** Supervision steps a puzzle took on average. */
  readonly meanSteps: number
  /** Accuracy of the answers held after each supervision step; a halted puzzle keeps its answer. */
  readonly byStep: readonly {
    readonly step: number
    readonly exactAccuracy: number | null
    readonly cellAccuracy: number | null
    readonly validAccuracy: number | null
  }[]
  readonly elapsedMs: number
  readonly puzzlesPerSecond: number
}

/** The events of `evaluate`: each answer, progress, and at the end the report. */
export type EvaluationEvent =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly elapsedMs: number }
  /** A puzzle is done. */
  | {
      readonly type: 'answer'
      /** Its place in the set. */
      readonly puzzle: number
      /** [S] */
      readonly answer: Int32Array
      readonly haltLogit: number
      /** Supervision steps that it took. */
      readonly steps: number
    }
  | { readonly type: 'done'; readonly report: EvaluationReport }

/** Slots for an evaluation of `count` puzzles. */
export function evaluationSlots(config: ModelConfig, count: number): number {
  return Math.min(count, fittingSlots(config))
}

/**
 * Measures a model on a set of puzzles.
 * @throws InputError if the puzzles have another size, symbols or identifiers than the model
 */
export async function* evaluate(
  executor: Executor,
  model: TrainedModel,
  set: AnyPuzzleSet,
  options: EvaluationOptions = {},
): AsyncGenerator<EvaluationEvent, void> {
  checkSet(model, set)
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
  set: AnyPuzzleSet,
  options: EvaluationOptions,
): AsyncGenerator<EvaluationEvent, void> {
  const { maxSteps = thinker.config.supervisionSteps, halting = 'full', isValid, shouldStop } = options
  const { slots } = thinker
  const { cells, symbols } = thinker.config
  const started = performance.now()
  const tally = new Tally(maxSteps, isValid !== undefined)
  const tokens = new Int32Array(slots * cells)
  const identifiers = new Int32Array(slots)
  const reset = new Float32Array(slots)
  const puzzleOf = new Array<number>(slots).fill(-1)
  const examples = new Array<Example>(slots)
  const stepsOf = new Int32Array(slots)
  const standing = new Array<StandStill>(slots)
  const byStanding = endsByStandingStill(thinker.config)
  let next = 0

  const place = (slot: number) => {
    const puzzle = next < set.count ? next++ : -1
    puzzleOf[slot] = puzzle
    stepsOf[slot] = 0
    standing[slot] = new StandStill()
    reset[slot] = 1
    if (puzzle < 0) return
    const example = puzzleAt(set, puzzle)
    examples[slot] = example
    tokens.set(example.inputs, slot * cells)
    identifiers[slot] = example.identifier
  }
  for (let slot = 0; slot < slots; slot++) place(slot)

  let reported = 0
  while (tally.finished < set.count) {
    if (shouldStop?.()) return
    const { logits, haltLogits, wantsToHalt } = await thinker.step(tokens, identifiers, reset)
    reset.fill(0)
    for (let slot = 0; slot < slots; slot++) {
      const puzzle = puzzleOf[slot]!
      if (puzzle < 0) continue
      const step = ++stepsOf[slot]!
      const { inputs, labels } = examples[slot]!
      const answer = likeliest(logits.subarray(slot * cells * symbols, (slot + 1) * cells * symbols), symbols)
      const score = scoreAnswer(answer, labels)
      const valid = isValid?.(inputs, answer) ?? false
      const believes = byStanding ? standing[slot]!.note(answer) : wantsToHalt[slot]! > 0
      const done = step >= maxSteps || (halting === 'early' && believes)
      tally.note(step, score, valid, done, believes)
      if (!done) continue
      yield { type: 'answer', puzzle, answer, haltLogit: haltLogits[slot]!, steps: step }
      place(slot)
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

/** [S] the likeliest symbol of every cell by logits [S, V]; of equal ones the first. */
export function likeliest(logits: Float32Array, symbols: number): Int32Array {
  const answer = new Int32Array(logits.length / symbols)
  for (let cell = 0; cell < answer.length; cell++) {
    let best = 0
    for (let symbol = 1; symbol < symbols; symbol++)
      if (logits[cell * symbols + symbol]! > logits[cell * symbols + best]!) best = symbol
    answer[cell] = best
  }
  return answer
}

/** How an answer [S] compares with labels [S]; null where no cell has one. */
export function scoreAnswer(answer: Int32Array, labels: Int32Array): Score | null {
  let [right, scored] = [0, 0]
  labels.forEach((label, cell) => {
    if (label < 0) return
    scored++
    if (answer[cell] === label) right++
  })
  return scored === 0 ? null : { exact: right === scored, cells: right / scored }
}

class Tally {
  readonly #exact: Float64Array
  readonly #cells: Float64Array
  readonly #valid: Float64Array | null
  #steps = 0
  #labelled = 0
  #haltRight = 0
  finished = 0

  constructor(maxSteps: number, judged: boolean) {
    this.#exact = new Float64Array(maxSteps)
    this.#cells = new Float64Array(maxSteps)
    this.#valid = judged ? new Float64Array(maxSteps) : null
  }

  note(step: number, score: Score | null, valid: boolean, done: boolean, believes: boolean): void {
    // A puzzle that is done keeps its answer for the steps that it does not take.
    const last = done ? this.#exact.length : step
    for (let index = step - 1; index < last; index++) {
      this.#exact[index]! += Number(score?.exact ?? false)
      this.#cells[index]! += score?.cells ?? 0
      if (this.#valid) this.#valid[index]! += Number(valid)
    }
    if (!done) return
    this.finished++
    this.#steps += step
    if (score === null) return
    this.#labelled++
    if (believes === score.exact) this.#haltRight++
  }

  report(halting: 'full' | 'early', elapsedMs: number): EvaluationReport {
    const puzzles = this.finished
    const labelled = this.#labelled
    const share = (sum: number): number | null => (labelled === 0 ? null : sum / labelled)
    const byStep = Array.from(this.#exact, (exact, index) => ({
      step: index + 1,
      exactAccuracy: share(exact),
      cellAccuracy: share(this.#cells[index]!),
      validAccuracy: this.#valid && this.#valid[index]! / puzzles,
    }))
    const { exactAccuracy, cellAccuracy, validAccuracy } = byStep.at(-1)!
    return {
      puzzles,
      labelled,
      halting,
      maxSteps: byStep.length,
      exactAccuracy,
      exactInterval: exactAccuracy === null ? null : wilsonInterval(exactAccuracy, labelled),
      cellAccuracy,
      validAccuracy,
      haltAccuracy: share(this.#haltRight),
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

type Trained = Pick<TrainedModel, 'config' | 'identifierDigest'>

/**
 * Refuses a set of other sizes than the model's and, for a model with puzzle embeddings, one whose identifiers mean
 * something else than in training: the model would solve one puzzle with the embedding of another.
 *
 * @throws InputError
 */
export function checkSet({ config, identifierDigest }: Trained, set: AnyPuzzleSet): void {
  if (!('at' in set)) checkPuzzleSet(set)
  const who = `evaluation of "${set.name}"`
  const fits = set.cells === config.cells && set.symbols === config.symbols
  if (!fits || set.count === 0) {
    throw new InputError({
      who,
      expected: `puzzles of ${config.cells} cells and ${config.symbols} symbols`,
      got: `${set.count} puzzles of ${set.cells} cells, ${set.symbols} symbols`,
      hint: 'Evaluate on data of the kind that the model was trained on.',
    })
  }
  if (config.puzzleEmbeddingWidth === 0) return
  const isOther =
    set.identifierDigest !== undefined && set.identifierDigest !== (identifierDigest ?? set.identifierDigest)
  if (set.identifiers === config.identifiers && !isOther) return
  throw new InputError({
    who,
    expected: `the ${config.identifiers} puzzle identifiers that the model was trained with: it has an embedding for each`,
    got: set.identifiers === config.identifiers ? 'as many, but different ones' : `${set.identifiers} others`,
    hint: 'Use the data that it was trained on, or data built from the same tasks with the same augmentations and seed.',
  })
}

/**
 * Whether puzzles that `checkSet` lets through may still have other identifiers than the model was trained with: an
 * imported model, or a data folder without names, tells only how many there are.
 */
export const identifiersAreUncertain = ({ config, identifierDigest }: Trained, set: AnyPuzzleSet): boolean =>
  config.puzzleEmbeddingWidth > 0 &&
  config.identifiers > 1 &&
  (identifierDigest === undefined || set.identifierDigest === undefined)
