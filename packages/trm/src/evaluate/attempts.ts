// Letters: B slots, S cells, V symbols.
import { type Executor, matmulOperations, RandomStream } from '@tiny-recursive-models/tensor'
import type { IsValid } from '../data/data-sets.ts'
import { type AnyPuzzleSet, type Example, puzzleAt } from '../data/puzzle-set.ts'
import { traceThinking } from '../programs/programs.ts'
import type { Board, PuzzleSymmetry } from '../puzzles/family.ts'
import type { Effort } from './effort.ts'
import { checkSet, evaluationSlots, likeliest, scoreAnswer, wilsonInterval } from './evaluate.ts'
import { StandStill } from './stands-still.ts'
import { Thinker, type TrainedModel } from './thinker.ts'

/** Settings of `attemptAll` besides the effort; all may be left out. */
export interface AttemptsOptions {
  /** The family's rule; without it `accept: 'valid'` accepts nothing. */
  readonly isValid?: IsValid
  readonly symmetry?: NonNullable<Board['symmetry']>
  /** Puzzles worked on at a time. */
  readonly slots?: number
  readonly shouldStop?: () => boolean
}

/** One way to an answer. */
export interface Attempt {
  /** Counted from 0. */
  readonly attempt: number
  /** [S] of the puzzle as asked, whichever copy was solved */
  readonly answer: Int32Array
  readonly steps: number
  readonly haltLogit: number
  readonly ended: 'steps' | 'halting' | 'still'
  /** Null where there is no rule. */
  readonly valid: boolean | null
}

/** Shares are 0 to 1. Those that compare with answers are over the labelled puzzles, and null where there are none. */
export interface AttemptsReport {
  readonly puzzles: number
  /** Puzzles whose answer is known, at least in part. */
  readonly labelled: number
  readonly effort: Effort
  /** Every labelled cell is correct. */
  readonly exactAccuracy: number | null
  readonly exactInterval: readonly [number, number] | null
  /** Null where there is no rule. */
  readonly validAccuracy: number | null
  /** Share of puzzles whose chosen answer became stable, and how many of those are exact; null if there are none. */
  readonly settled: number
  readonly settledExact: number | null
  /** Per puzzle, over all its attempts. */
  readonly meanSteps: number
  readonly meanAttempts: number
  /** Operations of matrix products. */
  readonly flopPerPuzzle: number
  readonly puzzlesPerSecond: number
  readonly elapsedMs: number
}

/** What `attemptAll` tells: each attempt, then the answer that was chosen for its puzzle. */
export type AttemptsEvent =
  | ({ readonly type: 'attempt'; readonly puzzle: number } & Attempt)
  | {
      readonly type: 'answer'
      readonly puzzle: number
      readonly chosen: Attempt
      /** All of them, the chosen one too. */
      readonly attempts: readonly Attempt[]
      /** Null where the answer is not known. */
      readonly exact: boolean | null
    }
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly elapsedMs: number }
  | { readonly type: 'done'; readonly report: AttemptsReport }

/** A slot at work on one attempt. */
interface Work {
  readonly puzzle: number
  readonly example: Example
  readonly earlier: Attempt[]
  readonly symmetry: PuzzleSymmetry | null
  readonly still: StandStill
  steps: number
}

/**
 * Thinks about every puzzle with some effort: a slot tries a puzzle until an answer is accepted or its attempts are
 * used up, and then takes the next. So easy puzzles cost little.
 * @throws InputError if the puzzles have another size, symbols or identifiers than the model
 */
export async function* attemptAll(
  executor: Executor,
  model: TrainedModel,
  set: AnyPuzzleSet,
  effort: Effort,
  options: AttemptsOptions = {},
): AsyncGenerator<AttemptsEvent, void> {
  const { config } = model
  checkSet(model, set)
  const slots = Math.min(options.slots ?? evaluationSlots(config, set.count), set.count)
  const flopPerStep = matmulOperations(traceThinking(config, 1))
  const desks = new Desks(await Thinker.create(executor, model, slots))
  try {
    yield* attemptAt(desks, flopPerStep, set, effort, options)
  } finally {
    await desks.close()
  }
}

/** What every slot works on, and the thinker that does the work. */
class Desks {
  thinker: Thinker
  work: (Work | null)[]
  /** [B, S] */
  tokens: Int32Array
  /** [B], as the next two */
  identifiers: Int32Array
  reset: Float32Array
  attemptOf: Int32Array

  constructor(thinker: Thinker) {
    const { slots, config } = thinker
    this.thinker = thinker
    this.work = new Array<Work | null>(slots).fill(null)
    this.tokens = new Int32Array(slots * config.cells)
    this.identifiers = new Int32Array(slots)
    this.reset = new Float32Array(slots)
    this.attemptOf = new Int32Array(slots)
  }

  /** Goes on with the busy slots alone where no more than half of them are; those that are left take as long as any. */
  async narrow(): Promise<void> {
    const busy = [...this.work.keys()].filter((slot) => this.work[slot] !== null)
    if (busy.length === 0 || 2 * busy.length > this.work.length) return
    const { cells } = this.thinker.config
    const narrow = new Desks(await this.thinker.narrowed(busy))
    busy.forEach((slot, place) => {
      narrow.work[place] = this.work[slot]!
      narrow.tokens.set(this.tokens.subarray(slot * cells, (slot + 1) * cells), place * cells)
      narrow.identifiers[place] = this.identifiers[slot]!
      narrow.reset[place] = this.reset[slot]!
      narrow.attemptOf[place] = this.attemptOf[slot]!
    })
    Object.assign(this, narrow)
  }

  close(): Promise<void> {
    return this.thinker.close()
  }
}

async function* attemptAt(
  desks: Desks,
  flopPerStep: number,
  set: AnyPuzzleSet,
  effort: Effort,
  { isValid, symmetry: drawSymmetry, shouldStop }: AttemptsOptions,
): AsyncGenerator<AttemptsEvent, void> {
  const { cells, symbols } = desks.thinker.config
  const started = performance.now()
  const tally = {
    done: 0,
    labelled: 0,
    exact: 0,
    valid: 0,
    settled: 0,
    settledLabelled: 0,
    settledExact: 0,
    steps: 0,
    attempts: 0,
  }
  let next = 0

  const begin = async (slot: number, puzzle: number, earlier: Attempt[]): Promise<void> => {
    const example = puzzleAt(set, puzzle)
    const attempt = earlier.length
    const random = new RandomStream(effort.seed, 'attempt', puzzle, attempt)
    const symmetry = attempt > 0 && effort.symmetries && drawSymmetry ? drawSymmetry(random) : null
    desks.tokens.set(symmetry ? symmetry.apply(example.inputs) : example.inputs, slot * cells)
    desks.identifiers[slot] = example.identifier
    // Of a model that is shown noise, other attempts see other noise; a seed begins elsewhere in it.
    desks.attemptOf[slot] = effort.seed * 65_536 + attempt
    const isNoisy = attempt > 0 && effort.startNoise > 0
    desks.reset[slot] = isNoisy ? 0 : 1
    if (isNoisy) await desks.thinker.beginNoisy(slot, effort.startNoise, random)
    desks.work[slot] = { puzzle, example, earlier, symmetry, still: new StandStill(), steps: 0 }
  }
  const takeNext = async (slot: number): Promise<void> => {
    if (next < set.count) await begin(slot, next++, [])
    else desks.work[slot] = null
  }
  for (const slot of desks.work.keys()) await takeNext(slot)

  let reported = 0
  while (tally.done < set.count) {
    if (shouldStop?.()) return
    const { thinker, work, tokens, identifiers, reset, attemptOf } = desks
    const { logits, haltLogits, wantsToHalt } = await thinker.step(tokens, identifiers, reset, attemptOf)
    reset.fill(0)
    for (const [slot, current] of work.entries()) {
      if (!current) continue
      current.steps++
      const seen = likeliest(logits.subarray(slot * cells * symbols, (slot + 1) * cells * symbols), symbols)
      const stands = current.still.note(seen)
      const ended = endOf(effort, current.steps, stands, wantsToHalt[slot]! > 0)
      if (ended === null) continue
      const answer = current.symmetry ? current.symmetry.invert(seen) : seen
      const attempt: Attempt = {
        attempt: current.earlier.length,
        answer,
        steps: current.steps,
        haltLogit: haltLogits[slot]!,
        ended,
        valid: isValid ? isValid(current.example.inputs, answer) : null,
      }
      yield { type: 'attempt', puzzle: current.puzzle, ...attempt }
      const attempts = [...current.earlier, attempt]
      const accepted = isAccepted(attempt, effort)
      if (!accepted && attempts.length < effort.attempts) {
        await begin(slot, current.puzzle, attempts)
        continue
      }
      const chosen = accepted ? attempt : pick(attempts, effort)
      const exact = scoreAnswer(chosen.answer, current.example.labels)?.exact ?? null
      const isSettled = chosen.ended === 'still'
      tally.done++
      tally.labelled += Number(exact !== null)
      tally.exact += Number(exact)
      tally.valid += Number(chosen.valid ?? false)
      tally.settled += Number(isSettled)
      tally.settledLabelled += Number(isSettled && exact !== null)
      tally.settledExact += Number(isSettled && exact)
      tally.attempts += attempts.length
      tally.steps += attempts.reduce((sum, { steps }) => sum + steps, 0)
      yield { type: 'answer', puzzle: current.puzzle, chosen, attempts, exact }
      await takeNext(slot)
    }
    if (next >= set.count) await desks.narrow()
    const elapsedMs = performance.now() - started
    if (elapsedMs - reported > 250) {
      reported = elapsedMs
      yield { type: 'progress', done: tally.done, total: set.count, elapsedMs }
    }
  }
  const { done, labelled, exact, valid, settled, settledLabelled, settledExact, steps, attempts } = tally
  const elapsedMs = performance.now() - started
  yield {
    type: 'done',
    report: {
      puzzles: done,
      effort,
      labelled,
      exactAccuracy: labelled > 0 ? exact / labelled : null,
      exactInterval: labelled > 0 ? wilsonInterval(exact / labelled, labelled) : null,
      validAccuracy: isValid ? valid / done : null,
      settled: settled / done,
      settledExact: settledLabelled > 0 ? settledExact / settledLabelled : null,
      meanSteps: steps / done,
      meanAttempts: attempts / done,
      flopPerPuzzle: (flopPerStep * steps) / done,
      puzzlesPerSecond: (1000 * done) / elapsedMs,
      elapsedMs,
    },
  }
}

/** Why an attempt ends after this step; null where it goes on. */
function endOf(
  { stop, maxSteps }: Effort,
  steps: number,
  stands: boolean,
  halts: boolean,
): Attempt['ended'] | null {
  if (stop === 'still' && stands) return 'still'
  if (stop === 'halting' && halts) return 'halting'
  return steps >= maxSteps ? 'steps' : null
}

const isAccepted = ({ valid, ended }: Attempt, { accept }: Effort): boolean =>
  accept === 'valid' ? valid === true : accept === 'still' && ended === 'still'

/** Of equals the earliest: by votes and then by halting score, or by halting score alone; what stood still goes first. */
function pick(attempts: readonly Attempt[], { pick: by }: Effort): Attempt {
  const votes = new Map<string, number>()
  for (const { answer } of attempts) votes.set(answer.join(), (votes.get(answer.join()) ?? 0) + 1)
  const rank = (attempt: Attempt): readonly number[] => [
    by === 'vote' ? votes.get(attempt.answer.join())! : 0,
    Number(attempt.ended === 'still'),
    attempt.haltLogit,
  ]
  return attempts.reduce((best, attempt) => (isGreater(rank(attempt), rank(best)) ? attempt : best))
}

/** In the order of a dictionary. */
function isGreater(left: readonly number[], right: readonly number[]): boolean {
  const place = left.findIndex((value, index) => value !== right[index])
  return place >= 0 && left[place]! > right[place]!
}
