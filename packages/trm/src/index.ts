/**
 * What it takes to train, evaluate, think, solve, load data, know puzzles, and read and write checkpoints. Everything
 * else is at a subpath, a room each: see `exports` in package.json.
 */

export { type Executor, InputError, RandomStream } from '@tiny-recursive-models/tensor'
export {
  type BestFigure,
  type DataSizes,
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from './checkpoint/training-state.ts'
export type { DataSets, TrainingPuzzles } from './data/data-sets.ts'
export type { DataRecord, OnDataProgress, PartRecord, ReadDataFile } from './data/parts.ts'
export {
  type AnyPuzzleSet,
  type Example,
  ignoredLabel,
  type PuzzleSet,
  packPuzzles,
  puzzleAt,
  type SolvedPuzzle,
  selectPuzzles,
} from './data/puzzle-set.ts'
export {
  type AttemptsEvent,
  type AttemptsOptions,
  type AttemptsReport,
  attemptAll,
} from './evaluate/attempts.ts'
export type { Attempt } from './evaluate/desks.ts'
export { type Effort, effortOf, type StopRule } from './evaluate/effort.ts'
export {
  type EvaluationEvent,
  type EvaluationOptions,
  type EvaluationReport,
  evaluate,
} from './evaluate/evaluate.ts'
export { resizeModel } from './evaluate/resize.ts'
export type { EndReason, MachineFacts, RunReport, RunStatus, RunSummary } from './evaluate/run-facts.ts'
export { encodeModelFile, modelOfState } from './evaluate/stored-model.ts'
export { type InnerThought, type ThinkOptions, type Thought, think } from './evaluate/think.ts'
export { Thinker, type ThinkingStep, type TrainedModel } from './evaluate/thinker.ts'
export { type ModelConfig, type ModelKind, modelConfig } from './models/config.ts'
export { parameterCount } from './models/weights.ts'
export { cellsRight } from './puzzles/cells-right.ts'
export type {
  Board,
  BoardRule,
  Certainty,
  DrawnGrid,
  Editing,
  GridFamily,
  PaperColumn,
  Problem,
  PublishedModels,
  PuzzleFamily,
  PuzzleKind,
  PuzzleSource,
  PuzzleSymmetry,
  PuzzleWriting,
  SetSizes,
  SourceData,
  SymbolLook,
  Violation,
  WrittenPuzzle,
} from './puzzles/family.ts'
export {
  boardOf,
  boardOfData,
  type DataRecipe,
  families,
  familyOf,
  gridFamilies,
  isSamePuzzleKind,
  sourceOf,
} from './puzzles/index.ts'
export { type LoadedDataSets, loadDataSets, loadTestSet } from './puzzles/load.ts'
export { canMakePuzzles, newPuzzle } from './puzzles/new-puzzle.ts'
export { checkPuzzle, readWritten } from './puzzles/question.ts'
export { readPuzzleText } from './puzzles/read.ts'
export { boardSet } from './puzzles/sets.ts'
export { findRecipe, type RecipeName, recipeNames, recipes } from './recipes/index.ts'
export { overrideRecipe } from './recipes/override.ts'
export {
  type ModelRecipe,
  type OptimizerRecipe,
  parseRecipe,
  type Recipe,
  type RecipeInput,
  type TrainingRecipe,
} from './recipes/schema.ts'
export {
  findShippedModel,
  parseShippedModels,
  type ShippedModel,
  shippedModelFor,
} from './shipped/shipped-models.ts'
export type { TrainingEvent } from './train/events.ts'
export { type TrainOptions, train } from './train/train.ts'
