/**
 * A training checkpoint: everything needed to go on as if the run had never stopped. One safetensors file whose
 * tensors carry the prefixes of `tensorGroups`, and whose metadata holds the rest as one JSON text.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import type { ModelConfig } from '../models/config.ts'
import { PuzzleTable } from '../models/puzzle-table.ts'
import { parseRecipe, type Recipe } from '../recipes/schema.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import { requireFinite, type StoredTensor, toFloat32 } from './stored-tensor.ts'

/** Raise this when the meaning of a checkpoint changes. */
export const trainingStateFormat = 2

/** What the tensors of a checkpoint are, by the beginning of their names. */
export const tensorGroups = {
  /** The model's weights, by our names. */
  weights: 'weights.',
  /** Their exponential moving average, where the recipe has one. */
  ema: 'ema.',
  /** First and second moment of AdamATan2. */
  moment1: 'moment1.',
  moment2: 'moment2.',
  /** What the slots of the batch carry from one step to the next. */
  carry: 'carry.',
} as const

/** What a tensor of a checkpoint is for. */
export type TensorGroup = keyof typeof tensorGroups

/** The tensors outside the groups: rows of the puzzle table [R, puzzleEmbeddingWidth], */
export const puzzleTableName = 'puzzleTable'
/** and the identifiers [R] that they belong to; absent in a file that holds every row. */
export const puzzleIdentifiersName = 'puzzleTable.identifiers'

/** The part of the architecture that follows from the data. */
export type DataSizes = Pick<ModelConfig, 'cells' | 'symbols' | 'identifiers'>

/** The best validation of a run so far: its step, and the shares of correct puzzles and cells. */
export interface BestFigure {
  readonly step: number
  /** Share of exactly solved puzzles, 0 to 1. */
  readonly exactAccuracy: number
  /** Share of correct cells, 0 to 1: it breaks ties between equal exact accuracies. */
  readonly cellAccuracy: number
}

/** Everything that training resumes from: a checkpoint in memory. */
export interface TrainingState {
  readonly recipe: Recipe
  /** Null in files of the first versions. */
  readonly sizes: DataSizes | null
  /** Optimiser steps done. */
  readonly step: number
  /** Index of the next draw from the example stream. */
  readonly nextDraw: number
  /** [batch] the draw that each slot is working on. */
  readonly slotDraws: readonly number[]
  /** [batch] the optimiser step in which each slot began its draw; empty where no stay depends on it. */
  readonly slotBegun?: readonly number[] | undefined
  readonly best: BestFigure | null
  /** Checksum of the training data, so that a run does not resume with other puzzles. */
  readonly dataChecksum: string
  /** Of what the identifiers of the data stand for; absent where that is not known, and in earlier files. */
  readonly identifierDigest?: string | undefined
  /** Slots computed at once: the carry is stored in pieces of this size. */
  readonly microBatch: number
  /** Processes among which the pieces were divided; absent where it was one. */
  readonly ranks?: number | undefined
  /** Time spent on training steps so far. */
  readonly elapsedMs: number
  /** Threads of the executor; another number may round differently. */
  readonly threads: number
  /** Who computed, such as `wasm`; earlier files do not say that it was `onnxruntime`. */
  readonly executor?: string | undefined
  /** The executor's name for where it ran, such as `cpu`. */
  readonly device: string
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

const count = () => z.int().min(0)
const share = () => z.number().min(0).max(1)

/** Far beyond any data, but sizes that a table can be made for. */
export const dataSizeFields = z.strictObject({
  cells: count().min(1).max(1_000_000),
  symbols: count().min(1).max(1_000_000),
  identifiers: count().max(100_000_000),
})

const storedFields = z.strictObject({
  format: z.literal([1, trainingStateFormat], { error: `format 1 or ${trainingStateFormat}` }),
  recipe: z.unknown(),
  sizes: dataSizeFields.nullable().default(null),
  step: count(),
  nextDraw: count(),
  slotDraws: z.array(count()).max(1_048_576),
  slotBegun: z.array(count()).max(1_048_576).optional(),
  best: z
    .strictObject({
      step: count(),
      exactAccuracy: share(),
      // The first checkpoints did not hold it; with 0 the next equal evaluation is the better one.
      cellAccuracy: share().default(0),
    })
    .nullable(),
  dataChecksum: z.string().max(200),
  identifierDigest: z.string().max(200).optional(),
  microBatch: count().min(1),
  ranks: count().min(1).optional(),
  elapsedMs: z.number().min(0),
  threads: count(),
  executor: z.string().max(200).optional(),
  device: z.string().max(200),
})

/** The key of the metadata that holds the JSON text. */
const metadataKey = 'trainingState'

/**
 * A checkpoint as a safetensors file.
 * @throws InputError if a tensor is not finite or the state does not hold together
 */
export function encodeTrainingState(state: TrainingState): Uint8Array {
  const who = 'encodeTrainingState'
  checkTensors(state.tensors, who)
  const { tensors, ...rest } = state
  const stored = checkStored({ format: trainingStateFormat, ...rest }, who)
  return encodeSafetensors(tensors, { [metadataKey]: JSON.stringify(stored) })
}

/**
 * Reads and checks a checkpoint; `who` names the file in errors.
 * @throws InputError if the file is damaged or is not a checkpoint
 */
export function decodeTrainingState(bytes: Uint8Array, who: string): TrainingState {
  const { tensors: read, metadata } = decodeSafetensors(bytes, who)
  const written = Object.hasOwn(metadata, metadataKey) ? metadata[metadataKey] : undefined
  if (written === undefined) {
    throw new InputError({
      who,
      expected: `a training checkpoint (metadata '${metadataKey}')`,
      got: 'a safetensors file without it',
      hint: 'Weights alone do not say what they are of: a model file also holds its recipe, such as those that training writes and those that a published checkpoint is imported to. Training resumes from files of checkpoints/.',
    })
  }
  const { format, recipe, ...rest } = readStored(written, who)
  const tensors = format === 1 ? withPresentGroups(read) : read
  checkTensors(tensors, who)
  requireFinite(
    [...tensors].filter(([name]) => isWeight(name)),
    who,
  )
  return { recipe: parseRecipe(recipe, `${who}: recipe`), ...rest, tensors }
}

/** Format 1 called the group of the moving average `average.`. */
const withPresentGroups = (tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> =>
  new Map(Array.from(tensors, ([name, tensor]) => [name.replace(/^average\./, tensorGroups.ema), tensor]))

/** What a model computes with; moments and the carry of a training are not. */
const isWeight = (name: string): boolean =>
  name.startsWith(tensorGroups.weights) || name.startsWith(tensorGroups.ema) || name === puzzleTableName

function readStored(written: string, who: string): z.infer<typeof storedFields> {
  let value: unknown
  try {
    value = JSON.parse(written)
  } catch {
    throw damaged(who, `JSON in the metadata '${metadataKey}'`, 'text that is not JSON')
  }
  return checkStored(value, who)
}

function checkStored(value: unknown, who: string): z.infer<typeof storedFields> {
  const result = storedFields.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const path = issue.path.join('.')
  if (path !== 'format') throw damaged(who, `a valid '${path || metadataKey}'`, issue.message)
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  throw new InputError({
    who,
    expected: `a checkpoint of format 1 or ${trainingStateFormat}`,
    got: `format ${JSON.stringify(format) ?? 'nothing'}`,
    hint: 'Another version of this library wrote it: use that version, or start a new run.',
  })
}

/** The puzzle table as tensors of a state: only the rows in use. */
export function storedPuzzleTable(table: PuzzleTable): readonly (readonly [string, StoredTensor])[] {
  const { identifiers, rows } = table.stored()
  const count = identifiers.length
  return [
    [puzzleTableName, { dtype: 'float32', shape: [count, table.width], data: rows }],
    [puzzleIdentifiersName, { dtype: 'int32', shape: [count], data: identifiers }],
  ]
}

/** The puzzle table of a state; empty where it has none. */
export function puzzleTableOf(
  { tensors, sizes, recipe }: Pick<TrainingState, 'tensors' | 'sizes' | 'recipe'>,
  who: string,
): PuzzleTable {
  const width = recipe.model.puzzleEmbeddingWidth
  const table = tensors.get(puzzleTableName)
  if (width === 0 || table === undefined) return new PuzzleTable(sizes?.identifiers ?? 0, width)
  const rows = toFloat32(table, puzzleTableName)
  const named = tensors.get(puzzleIdentifiersName)
  if (named?.dtype !== 'int32') return PuzzleTable.dense(rows, width)
  const identifiers = sizes?.identifiers ?? named.data.reduce((most, next) => Math.max(most, next + 1), 0)
  return PuzzleTable.from(identifiers, width, { identifiers: named.data, rows }, who)
}

/** The tensors of one group, by their names without the prefix. */
export function tensorsOf(
  state: Pick<TrainingState, 'tensors'>,
  group: TensorGroup,
): Map<string, StoredTensor> {
  const prefix = tensorGroups[group]
  const named = new Map<string, StoredTensor>()
  for (const [name, tensor] of state.tensors) {
    if (name.startsWith(prefix)) named.set(name.slice(prefix.length), tensor)
  }
  return named
}

/** Every tensor belongs to a group; EMA and moments have a weight of their name and shape. */
function checkTensors(tensors: ReadonlyMap<string, StoredTensor>, who: string): void {
  const prefixes = Object.values(tensorGroups)
  for (const name of tensors.keys()) {
    const isOfTable = name === puzzleTableName || name === puzzleIdentifiersName
    if (!isOfTable && !prefixes.some((prefix) => name.startsWith(prefix))) {
      throw damaged(who, `tensors named ${prefixes.join('*, ')}* or ${puzzleTableName}`, JSON.stringify(name))
    }
  }
  checkPuzzleRows(tensors, who)
  const weights = tensorsOf({ tensors }, 'weights')
  if (weights.size === 0) throw damaged(who, 'weights (tensors named weights.*)', 'none')
  for (const group of ['ema', 'moment1', 'moment2'] as const) {
    for (const [name, { shape }] of tensorsOf({ tensors }, group)) {
      const wanted = weights.get(name)?.shape
      if (wanted === undefined || wanted.join() !== shape.join()) {
        const expected =
          wanted === undefined ? `a weight for ${group}.${name}` : `${group}.${name} [${wanted}]`
        throw damaged(who, expected, wanted === undefined ? 'none' : `[${shape}]`)
      }
    }
  }
  const first = [...tensorsOf({ tensors }, 'moment1').keys()].sort().join()
  const second = [...tensorsOf({ tensors }, 'moment2').keys()].sort().join()
  if (first !== second) throw damaged(who, 'both moments of the same weights', 'moments of different weights')
}

/** As many identifiers as rows. */
function checkPuzzleRows(tensors: ReadonlyMap<string, StoredTensor>, who: string): void {
  const identifiers = tensors.get(puzzleIdentifiersName)
  if (identifiers === undefined) return
  const rows = tensors.get(puzzleTableName)?.shape[0]
  const { dtype, shape } = identifiers
  if (dtype === 'int32' && shape.length === 1 && shape[0] === rows) return
  throw damaged(who, `${puzzleIdentifiersName} int32 [${rows ?? 0}]`, `${dtype} [${shape}]`)
}

function damaged(who: string, expected: string, got: string): InputError {
  return new InputError({
    who,
    expected,
    got,
    hint: 'The checkpoint is damaged or incomplete: use the previous checkpoint.',
  })
}
