/** The server behind `trm serve`. */
export {
  type ModelsAnswer,
  modelsAnswer,
  problemAnswer,
  type SolveAnswer,
  type SolveBody,
  type StatusAnswer,
  solveAnswer,
  solveBody,
  statusAnswer,
} from './api.ts'
export { type ModelServerLimits, modelServerLimits } from './limits.ts'
export { type ModelToServe, ServedModel } from './served-model.ts'
export { type ModelServer, type ModelServerOptions, startModelServer } from './server.ts'
