import { type Executor, matmulOperations } from '@tiny-recursive-models/tensor'
import type { IsValid } from '../data/data-sets.ts'
import { type AnyPuzzleSet, type Example, puzzleAt } from '../data/puzzle-set.ts'
import { traceThinking } from '../programs/programs.ts'
import type { Board } from '../puzzles/family.ts'
import { type Attempt, Desks, type Task } from './desks.ts'
import type { Effort } from './effort.ts'
import { checkSet, evaluationSlots, scoreAnswer, wilsonInterval } from './evaluate.ts'
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

/** A puzzle of the set. */
interface SetTask extends Task {
  readonly example: Example
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
  const desks = new Desks<SetTask>(await Thinker.create(executor, model, slots))
  try {
    yield* attemptAt(desks, flopPerStep, set, effort, options)
  } finally {
    await desks.close()
  }
}

async function* attemptAt(
  desks: Desks<SetTask>,
  flopPerStep: number,
  set: AnyPuzzleSet,
  effort: Effort,
  { isValid, symmetry, shouldStop }: AttemptsOptions,
): AsyncGenerator<AttemptsEvent, void> {
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
  const fillDesks = async (): Promise<void> => {
    while (next < set.count && desks.busy < desks.slots) {
      const puzzle = next++
      const example = puzzleAt(set, puzzle)
      const rules = { ...(isValid && { isValid }), ...(symmetry && { symmetry }) }
      const { inputs: question, identifier } = example
      await desks.begin({ question, identifier, effort, puzzle, example, ...rules })
    }
  }
  await fillDesks()

  let reported = 0
  while (tally.done < set.count) {
    if (shouldStop?.()) return
    for (const { task, ended, done } of await desks.step()) {
      if (ended) yield { type: 'attempt', puzzle: task.puzzle, ...ended }
      if (!done) continue
      const { chosen, attempts } = done
      const exact = scoreAnswer(chosen.answer, task.example.labels)?.exact ?? null
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
      yield { type: 'answer', puzzle: task.puzzle, chosen, attempts, exact }
    }
    await fillDesks()
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
