// What an exported file computes. Letters: B batch, S cells, V symbols, L tokens, D width, I identifiers, E length of
// a puzzle embedding, R rows of the puzzle table that are in the file.
import {
  cast,
  constant,
  embedding,
  equal,
  greater,
  type Program,
  reduceMaximum,
  reshape,
  scalar,
  select,
  subtract,
  type Tensor,
  type TensorType,
  trace,
} from '@tiny-recursive-models/tensor'
import { comparesScores, type ModelConfig, sequenceLength, stateNames } from '../models/config.ts'
import { startStates, supervisionStep } from '../models/recursion.ts'
import type { States } from '../models/states.ts'
import { type Weights, weightTypes } from '../models/weights.ts'

/** Where the embeddings of puzzles come from. */
export type PuzzleSource =
  /** The model has none. */
  | { readonly kind: 'none' }
  /** An input with the rows themselves. */
  | { readonly kind: 'input' }
  /** The whole table [R = I, E] is in the file. */
  | { readonly kind: 'table'; readonly rows: number }
  /** Rows that were ever trained are in the file, a row of zeros first, and [I, 1] which of them belongs to whom. */
  | { readonly kind: 'used rows'; readonly rows: number }

/** Names of what becomes part of the file. */
export const weightInput = (name: string): string => `weights.${name}`
export const tableInput = 'puzzle_table'
export const placesInput = 'puzzle_table_places'

/** Names of a state before and after a step. */
export const stateInput = (name: string): string => `${name}_state`
export const stateOutput = (name: string): string => `next_${name}_state`

type Named = Readonly<Record<string, Tensor>>

const float = (...shape: number[]): TensorType => ({ shape, dtype: 'float32' })
const int = (...shape: number[]): TensorType => ({ shape, dtype: 'int32' })

/** One supervision step for a batch, each slot at a step of its own. */
export function traceExportedStep(config: ModelConfig, source: PuzzleSource, batch: number): Program {
  const state = float(sequenceLength(config), batch, config.width)
  const feeds = {
    tokens: int(batch, config.cells),
    ...puzzleInputs(config, source, batch),
    reset: int(batch),
    ...Object.fromEntries(stateNames(config).map((name) => [stateInput(name), state])),
    ...fileInputs(config, source),
  }
  return trace('supervision step', { feeds, states: {} }, (inputs) => {
    const given: Named = inputs.feeds
    const weights = weightsOf(given, config)
    const isNew = reshape(greater(given.reset!, scalar(0, 'int32')), [1, batch, 1])
    const begun = Object.entries(startStates(weights, config, batch)).map(([name, start]) => [
      name,
      select(isNew, start, given[stateInput(name)]!),
    ])
    const rows = rowsOf(given, source)
    const puzzles = rows ? { tokens: given.tokens!, rows } : { tokens: given.tokens! }
    const prediction = supervisionStep(puzzles, Object.fromEntries(begun) as States, weights, config)
    const { logits, haltLogits, continueLogits, wantsToHalt, states } = prediction
    return {
      outputs: {
        answer: likeliest(logits),
        logits,
        halt_logits: haltLogits,
        ...(comparesScores(config) ? { continue_logits: continueLogits } : {}),
        halted: cast(wantsToHalt, 'int32'),
        ...Object.fromEntries(Object.entries(states).map(([name, after]) => [stateOutput(name), after])),
      },
    }
  })
}

function puzzleInputs({ puzzleEmbeddingWidth }: ModelConfig, source: PuzzleSource, batch: number) {
  if (source.kind === 'none') return {}
  return source.kind === 'input'
    ? { puzzle_rows: float(batch, puzzleEmbeddingWidth) }
    : { puzzle_identifiers: int(batch) }
}

/** Inputs that the file itself will hold. */
function fileInputs(config: ModelConfig, source: PuzzleSource): Record<string, TensorType> {
  const types = Object.entries(weightTypes(config)).map(([name, { shape }]) => [
    weightInput(name),
    float(...shape),
  ])
  const inputs = Object.fromEntries(types) as Record<string, TensorType>
  if (source.kind === 'table' || source.kind === 'used rows')
    inputs[tableInput] = float(source.rows, config.puzzleEmbeddingWidth)
  if (source.kind === 'used rows') inputs[placesInput] = float(config.identifiers, 1)
  return inputs
}

const weightsOf = (given: Named, config: ModelConfig): Weights =>
  Object.fromEntries(Object.keys(weightTypes(config)).map((name) => [name, given[weightInput(name)]!]))

/** [B, E] */
function rowsOf(given: Named, source: PuzzleSource): Tensor | undefined {
  switch (source.kind) {
    case 'none':
      return undefined
    case 'input':
      return given.puzzle_rows!
    case 'table':
      return embedding(given[tableInput]!, given.puzzle_identifiers!)
    case 'used rows': {
      const places = embedding(given[placesInput]!, given.puzzle_identifiers!) // [B, 1]
      return embedding(given[tableInput]!, cast(reshape(places, given.puzzle_identifiers!.shape), 'int32'))
    }
  }
}

/** The symbol of every cell with the largest logit, of equals the first: [B, S] int32. */
function likeliest(logits: Tensor): Tensor {
  const [batch, cells, symbols] = logits.shape as [number, number, number]
  const fromTheEnd = constant(
    Float32Array.from({ length: symbols }, (_, symbol) => symbols - symbol),
    [symbols],
  )
  const isLargest = equal(logits, reduceMaximum(logits, -1)) // [B, S, V]
  const first = reduceMaximum(select(isLargest, fromTheEnd, 0), -1) // [B, S, 1]
  return cast(reshape(subtract(symbols, first), [batch, cells]), 'int32')
}
