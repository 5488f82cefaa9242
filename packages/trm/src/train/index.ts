/** The parts of `train`, for loops of your own: the engine, its program and its rates. */
export { learningRateAt, type Schedule } from '../optim/schedule.ts'
export type { Metrics } from '../programs/losses.ts'
export { type StepConfig, traceTrainingStep } from '../programs/programs.ts'
export { doneEvent } from './endings.ts'
export {
  type EngineHelpers,
  type EngineStart,
  type Rates,
  type StepOutcome,
  TrainingEngine,
} from './engine.ts'
export type { OpenPieceRunner, PieceFeeds, PieceOutcome, PieceRunner } from './piece-runner.ts'
export type { Votes } from './rank-exchange.ts'
export type { PieceRange, RankBlocks, RankSum, Ranks } from './ranks.ts'
export type { SlotBatch } from './slot-feeds.ts'
export { stepConfigOf } from './step-config.ts'
export { type StepProgram, stepPrograms } from './step-programs.ts'
