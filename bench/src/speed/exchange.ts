/**
 * What summing gradients over machines costs, from what it costs here: the α–β model of an all-reduce (Thakur, Rabenseifner
 * and Gropp, 2005), α seconds for a message and its bytes divided by the rate of the network.
 */
import { matmulOperations } from '@tiny-recursive-models/tensor'
import { findRecipe, loadDataSets, parameterCount, type Recipe } from '@tiny-recursive-models/trm'
import { stepConfigOf, traceTrainingStep } from '@tiny-recursive-models/trm/train'
import { benchModels } from './models.ts'
import { noFile, structuredRecipe } from './training.ts'

export const networks = [
  // 94 % of the bits carry data: frames of 1,500 bytes with TCP.
  { name: '1 GbE', bytesPerSecond: 0.94 * 125e6 },
  { name: '10 GbE', bytesPerSecond: 0.94 * 1250e6 },
] as const

export const machineCounts = [2, 4, 8, 16, 32, 64] as const

/** A sum takes so long: sizes in bytes, times in seconds. */
export interface SumTime {
  readonly bytes: number
  readonly seconds: number
}

/** Of two ranks: a sum is two exchanges, and each byte goes once each way. */
export function fitted(times: readonly SumTime[]): {
  readonly alpha: number
  readonly bytesPerSecond: number
} {
  const [smallest, largest] = [times[0]!, times.at(-1)!]
  return {
    alpha: smallest.seconds / 2,
    bytesPerSecond: (largest.bytes - smallest.bytes) / (largest.seconds - smallest.seconds),
  }
}

/** Seconds of a sum over so many machines. */
export function sumSeconds(machines: number, bytes: number, alpha: number, bytesPerSecond: number): number {
  const shared = (machines - 1) / machines
  return 2 * Math.ceil(Math.log2(machines)) * alpha + (2 * shared * bytes) / bytesPerSecond
}

export interface RecipeCost {
  readonly name: string
  readonly batch: number
  readonly width: number
  readonly parameters: number
  /** Of the sum in a step. */
  readonly bytes: number
  /** Of the matrix products of a step. */
  readonly gflop: number
}

/**
 * Recipes that read files: what their puzzles are like is in the paper. Of a table of puzzle embeddings only the rows of a
 * batch travel, so that its length counts nothing.
 */
const ofFiles: Readonly<Record<string, { cells: number; symbols: number; identifiers: number }>> = {
  'sudoku-extreme-mlp': { cells: 81, symbols: 11, identifiers: 1 },
  'sudoku-extreme-att': { cells: 81, symbols: 11, identifiers: 1 },
  'sudoku-extreme-flow': { cells: 81, symbols: 11, identifiers: 1 },
  'maze-hard': { cells: 900, symbols: 6, identifiers: 1 },
  'arc-small': { cells: 25, symbols: 12, identifiers: 1 },
  'arc-agi-1': { cells: 900, symbols: 12, identifiers: 1 },
  'arc-agi-2': { cells: 900, symbols: 12, identifiers: 1 },
}

/**
 * Recipes whose step is not measured but told from its matrix products; `table` is as large as its user's puzzles, and
 * `sudoku-extreme` is measured as 9×9.
 */
export const calculatedRecipes: readonly string[] = [
  'sudoku-4x4-trm',
  'sudoku-6x6-trm',
  'sudoku-small',
  'paper-sudoku',
  'maze-small',
  'maze-15x15',
  'paper-maze',
  ...Object.keys(ofFiles),
]

export async function costOf(name: string): Promise<RecipeCost> {
  const facts = ofFiles[name]
  const recipe: Recipe = facts ? findRecipe(name) : structuredRecipe(name, ['data.train=8', 'data.test=1'])
  const { train } = facts ? { train: facts } : await loadDataSets(recipe.data, noFile)
  const config = { ...stepConfigOf(recipe, { train }), microBatch: recipe.training.batch }
  const { batch, model } = config
  const parameters = parameterCount(model)
  return {
    name,
    batch,
    width: model.width,
    parameters,
    bytes: 4 * (parameters + batch * model.puzzleEmbeddingWidth),
    gflop: matmulOperations(traceTrainingStep(config)) / 1e9,
  }
}

/** GFLOP of a step of a model of the speed table. */
export const gflopOfModel = (name: string): number => {
  const { config } = benchModels.find((model) => model.name === name)!
  return matmulOperations(traceTrainingStep(config)) / 1e9
}
