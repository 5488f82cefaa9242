/** What a model is made of: its states, its weights and the embeddings of its puzzles. */
export { callsOfStep, type NetCall, namesOfCalls } from './calls.ts'
export {
  comparesScores,
  netCalls,
  prefixLength,
  type StateName,
  type StructuredMixer,
  stateNames,
} from './config.ts'
export { type PuzzleRows, PuzzleTable } from './puzzle-table.ts'
export { initialWeights, type Weights, type WeightsOf } from './weights.ts'
