/** Which executor `auto` is: the one that is faster at this work on this machine. */
import { availableParallelism } from 'node:os'
import { matmulOperations, type Program } from '@tiny-recursive-models/tensor'
import {
  type ExecutorName,
  type ExecutorOptions,
  executorNames,
  onednnVersion,
} from '@tiny-recursive-models/tensor/node'
import { evaluationSlots } from '../../evaluate/evaluate.ts'
import type { ModelConfig } from '../../models/config.ts'
import { type StepConfig, traceThinking, traceTrainingStep } from '../../programs/programs.ts'
import { libraryVersion, machineFacts } from '../machine.ts'
import { rememberedSpeeds, rememberSpeeds, type Speeds } from './speed-memory.ts'
import { timeExecutors } from './time-executors.ts'

/** A program that runs again and again, in the sizes in which its speed can be measured. */
export interface Workload {
  /** What is told of it: "a training step of 16 puzzles". */
  readonly name: string
  /** All that the program is made of, as JSON. */
  readonly shape: unknown
  readonly trace: () => Program
  /** How often the program will run. */
  readonly runs: number
  /**
   * The same for less at a time, which is measured where the program takes too long; null where there is none.
   *
   * @param times how many times lighter it has to be
   */
  readonly lighter: (times: number) => Workload | null
}

/** A training, of which one piece of the batch is measured. */
export function trainingWorkload(config: StepConfig, steps: number): Workload {
  const { microBatch } = config
  const piece = { ...config, batch: microBatch }
  const runs = (steps * config.batch) / microBatch
  const lighter = (model: ModelConfig, slots: number) =>
    trainingWorkload({ ...config, model, batch: slots, microBatch: slots }, runs)
  return {
    name: `a training step of ${puzzles(microBatch)}${depthOf(config.model)}`,
    shape: ['training', piece],
    trace: () => traceTrainingStep(piece),
    runs,
    lighter: (times) => lightened(config.model, microBatch, times, lighter),
  }
}

/**
 * Thinking about puzzles.
 *
 * @param steps supervision steps of a puzzle
 * @param slots puzzles at a time; by default as in an evaluation
 */
export function thinkingWorkload(
  config: ModelConfig,
  count: number,
  steps: number = config.supervisionSteps,
  slots: number = Math.max(1, evaluationSlots(config, count)),
): Workload {
  const runs = (steps * count) / slots
  return {
    name: `a step of thought about ${puzzles(slots)}${depthOf(config)}`,
    shape: ['thinking', config, slots],
    trace: () => traceThinking(config, slots),
    runs,
    lighter: (times) =>
      lightened(config, slots, times, (model, fewer) => thinkingWorkload(model, runs * fewer, 1, fewer)),
  }
}

const puzzles = (count: number): string => (count === 1 ? '1 puzzle' : `${count} puzzles`)

const leastDepth = { recursions: 1, latentUpdates: 1, blocks: 1 }
const isLeast = ({ recursions, latentUpdates, blocks }: ModelConfig): boolean =>
  recursions * latentUpdates * blocks === 1

const depthOf = (config: ModelConfig): string => (isLeast(config) ? ' at the least depth' : '')

/** Fewer puzzles; of one puzzle the least depth. */
function lightened(
  config: ModelConfig,
  slots: number,
  times: number,
  made: (model: ModelConfig, slots: number) => Workload,
): Workload | null {
  if (slots >= times) return made(config, Math.floor(slots / times))
  return isLeast(config) ? null : made({ ...config, ...leastDepth }, 1)
}

/** What is told while an executor is chosen. */
export type ExecutorChoiceEvent =
  /** Before every run of the measurement. */
  | { readonly type: 'measuring' }
  | {
      readonly type: 'chosen'
      readonly executor: ExecutorName
      /** What was measured: "a training step of 16 puzzles". */
      readonly work: string
      /** Milliseconds of it. */
      readonly speeds: Speeds
      /** Whether they were measured before, and only looked up. */
      readonly isRemembered: boolean
    }

/** Less work than this, in floating point operations of products, is done before a measurement has paid off: 4 to 20 s. */
const worthMeasuring = 1.5e11
/** Operations of one run: above the first less at a time is measured, above the second nothing. */
const [quicklyMeasured, mostMeasured] = [2e10, 3e10]

/**
 * Decides by what is remembered, or else by measuring for some seconds where there is enough to do.
 *
 * @returns null where that decides nothing, or `TRM_EXECUTOR` does: `auto` is then what `openExecutor` makes of it
 */
export async function* chooseExecutor(
  workload: Workload,
  { device = 'cpu', threads = availableParallelism() }: Pick<ExecutorOptions, 'device' | 'threads'> = {},
): AsyncGenerator<ExecutorChoiceEvent, ExecutorName | null> {
  if (device !== 'cpu' || process.env.TRM_EXECUTOR) return null
  const facts = [machineFacts(), libraryVersion(), await onednnVersion(), threads, workload.shape]
  const remembered = await rememberedSpeeds(facts)
  if (remembered) {
    const { work, ...speeds } = remembered
    const executor = fastest(speeds)
    yield { type: 'chosen', executor, work, speeds, isRemembered: true }
    return executor
  }
  let measured = workload
  let program = measured.trace()
  let operations = matmulOperations(program)
  if (operations * workload.runs < worthMeasuring) return null
  while (operations > quicklyMeasured) {
    const lighter = measured.lighter(operations / quicklyMeasured)
    if (lighter === null) break
    measured = lighter
    program = measured.trace()
    operations = matmulOperations(program)
  }
  if (operations > mostMeasured) return null
  const speeds = yield* timeExecutors(program, threads)
  if (speeds === null) return null
  await rememberSpeeds(facts, { ...speeds, work: measured.name })
  const executor = fastest(speeds)
  yield { type: 'chosen', executor, work: measured.name, speeds, isRemembered: false }
  return executor
}

const timeOf = (speeds: Speeds, name: ExecutorName): number => speeds[name] ?? Number.POSITIVE_INFINITY

/** Of equal ones the first by `executorNames`. */
const fastest = (speeds: Speeds): ExecutorName =>
  executorNames.reduce((best, name) => (timeOf(speeds, name) < timeOf(speeds, best) ? name : best))
