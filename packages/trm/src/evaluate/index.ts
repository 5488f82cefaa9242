/** What goes beyond `evaluate` and `think`: standing still, trajectories of states, figures over attempts. */
export { BatchSolver, type BatchSolverOptions, usualBatchSlots } from './batch-solver.ts'
export { checkSet, identifiersAreUncertain } from './evaluate.ts'
export { type EffortsEvent, effortLadder, measureEfforts } from './measure-efforts.ts'
export { projectStates, type StateProjection } from './project-states.ts'
export type { Solution, SolutionStep, SolveRequest, Solver } from './solver.ts'
export { QueueFullError, SolverQueue } from './solver-queue.ts'
export { type Spread, spreadOf } from './spread.ts'
export { endsByStandingStill, StandStill, stillSteps } from './stands-still.ts'
