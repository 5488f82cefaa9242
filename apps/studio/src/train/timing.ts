/** How long a recipe trains on this machine. Measured here and now: nothing else tells. */
import { overrideRecipe, type Recipe } from '@tiny-recursive-models/trm'
import { msLeft, significant } from '@tiny-recursive-models/trm/format'
import type { Device, TrainingClient } from './device-worker.ts'

/** Threads that were tried, and how long a step took with them. */
export interface Trial {
  readonly threads: number
  readonly msPerStep: number
}

export interface Timing {
  /** The faster number of threads. */
  readonly threads: number
  readonly msPerStep: number
  /** Null where the recipe has no evaluations. */
  readonly msPerEvaluation: number | null
  /** Until the first step begins: puzzles are generated and the program is compiled. */
  readonly msToBegin: number
  /** The fewest threads first. */
  readonly trials: readonly Trial[]
}

/** Opens a worker with so many threads. */
export type OpenWorker = (device: Device, threads: number) => Promise<TrainingClient>

/** The first step is not counted: memory is touched for the first time. */
const timedSteps = 3
const timedPuzzles = 64
/** Slots times numbers of a state. More is not tried in passing: it could take all the memory there is. */
const largest = 4_000_000

/** The recipe that is timed: its steps and evaluations cost as much, and its puzzles are few. */
export function timedRecipe(recipe: Recipe): Recipe {
  const { evaluateEvery, evaluatePuzzles } = recipe.training
  const puzzles = Math.min(evaluatePuzzles, timedPuzzles)
  return overrideRecipe(recipe, [
    `training.steps=${1 + timedSteps}`,
    'training.seed=0',
    'training.checkpointEvery=0',
    'training.stopAtAccuracy=null',
    'training.stopAfterSeconds=null',
    // The first one compiles its program too.
    `training.evaluateEvery=${evaluateEvery === 0 ? 0 : 1 + timedSteps - 2}`,
    `training.evaluatePuzzles=${puzzles}`,
    `optimizer.warmupSteps=${Math.min(recipe.optimizer.warmupSteps, 1)}`,
    `data.train=${timedPuzzles}`,
    `data.validation=${puzzles}`,
    'data.test=1',
  ])
}

/** Whether the recipe can be timed in passing: its puzzles are made here, and it is not too large. */
export function canBeTimed({ data, model, training }: Recipe): boolean {
  const cells = 'boxRows' in data ? (data.boxRows * data.boxColumns) ** 2 : 400
  return 'train' in data && typeof data.train === 'number' && training.batch * cells * model.width <= largest
}

/**
 * Trains a few steps with each number of threads, each in a worker of its own, one after the other.
 *
 * @param threads to try; the fewest are kept where more gain nothing
 * @throws what a worker throws, and the signal's reason when it is aborted
 */
export async function timeRecipe(
  open: OpenWorker,
  recipe: Recipe,
  device: Device,
  threads: readonly number[],
  signal: AbortSignal,
): Promise<Timing> {
  const timed = timedRecipe(recipe)
  const measured: Measured[] = []
  for (const count of threads) {
    signal.throwIfAborted()
    measured.push(await timeWorker(await open(device, count), timed, count, signal))
  }
  const best = measured.reduce((one, other) => (other.msPerStep < one.msPerStep ? other : one))
  const scale = recipe.training.evaluatePuzzles / timed.training.evaluatePuzzles
  return {
    threads: best.threads,
    msPerStep: best.msPerStep,
    msPerEvaluation: best.msPerEvaluation === null ? null : best.msPerEvaluation * scale,
    msToBegin: best.msToCompile + best.msPerPuzzle * puzzlesOf(recipe),
    trials: measured.map(({ threads, msPerStep }) => ({ threads, msPerStep })),
  }
}

interface Measured extends Trial {
  readonly msPerEvaluation: number | null
  readonly msPerPuzzle: number
  readonly msToCompile: number
}

async function timeWorker(
  client: TrainingClient,
  recipe: Recipe,
  threads: number,
  signal: AbortSignal,
): Promise<Measured> {
  const end = (): void => client.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    const begun = performance.now()
    let [made, started, lastAt] = [begun, begun, begun]
    const steps: number[] = []
    let msPerEvaluation: number | null = null
    for await (const event of client.train(recipe).events) {
      const now = performance.now()
      if (event.type === 'puzzles') made = now
      if (event.type === 'start') started = now
      if (event.type === 'step') steps.push(event.elapsedMs)
      if (event.type === 'evaluation') msPerEvaluation = now - lastAt
      lastAt = now
    }
    signal.throwIfAborted()
    return {
      threads,
      msPerStep: (steps.at(-1)! - steps[0]!) / (steps.length - 1),
      msPerEvaluation,
      msPerPuzzle: (made - begun) / puzzlesOf(recipe),
      msToCompile: started - made,
    }
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

function puzzlesOf({ data }: Recipe): number {
  const { train, validation, test } = data as { train?: unknown; validation?: unknown; test?: unknown }
  return [train, validation, test].reduce<number>(
    (sum, count) => sum + (typeof count === 'number' ? count : 0),
    0,
  )
}

/** Milliseconds from Start to the last step. */
export function wholeTime({ training }: Recipe, timing: Timing): number {
  const { msPerStep, msPerEvaluation, msToBegin } = timing
  const { steps, evaluateEvery } = training
  return msToBegin + msLeft({ step: 0, totalSteps: steps, msPerStep, evaluateEvery, msPerEvaluation })!
}

/** `12.4 steps a second with one thread (2 threads: 6.9)`: the one that is used first. */
export function describeTrials({ threads, trials }: Timing): string {
  const nameOf = (count: number): string => (count === 1 ? 'one thread' : `${count} threads`)
  const speedOf = ({ msPerStep }: Trial): string => significant(1000 / msPerStep)
  const chosen = trials.find((trial) => trial.threads === threads)!
  const others = trials.filter((trial) => trial !== chosen)
  const more = others.map((trial) => `${nameOf(trial.threads)}: ${speedOf(trial)}`).join(', ')
  return `${speedOf(chosen)} steps a second with ${nameOf(threads)}${more === '' ? '' : ` (${more})`}`
}
