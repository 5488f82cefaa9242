/** A model of the published code to one of ours: architecture from the tensors, settings from beside them. */
import { InputError } from '@tiny-recursive-models/tensor'
import { modelConfig, prefixLength } from '../../models/config.ts'
import { weightTypes } from '../../models/weights.ts'
import { overrideRecipe, parseRecipe, type Recipe } from '../../recipes/index.ts'
import { requireFinite, type StoredTensor, toFloat32 } from '../stored-tensor.ts'
import {
  type DataSizes,
  puzzleIdentifiersName,
  puzzleTableName,
  type TrainingState,
  tensorGroups,
} from '../training-state.ts'
import { type Architecture, findArchitecture } from './architecture.ts'
import type { OfficialConfig } from './official-config.ts'
import { type OfficialWeights, officialWeights } from './official-weights.ts'
import { dataRecipe, findPuzzles } from './puzzle-family.ts'
import {
  assumedSettings,
  type ModelSettings,
  publishedSettings,
  settingsOf,
  trainingSettings,
} from './settings.ts'
import type { StoredSettings } from './stored-settings.ts'

/** What the tensors of a published checkpoint do not say. */
export interface ImportOptions {
  /** Names the file in errors. */
  readonly who: string
  /** Name of the model, by default the file's. */
  readonly name?: string
  /** The kind of puzzle, if symbols and settings leave it open. */
  readonly puzzles?: string
  /** S, cells per puzzle, for unusual sizes. */
  readonly cells?: number
  /** The prefix of the weight names, if a file contains several models. */
  readonly prefix?: string
  /** `key=value` changes of the recipe, such as `model.heads=4`. */
  readonly overrides?: readonly string[]
  /** Settings that the published code wrote next to the checkpoint. */
  readonly config?: OfficialConfig | null
  /** Optimiser steps behind the weights. */
  readonly step?: number
  /** A recipe that this library stored with the weights: nothing is left to assume. */
  readonly stored?: Pick<StoredSettings, 'recipe' | 'sizes'> | null
}

/** A published checkpoint as a model of this library, and what had to be assumed or was left over. */
export interface ImportedModel {
  /** Only weights, with a recipe: `encodeTrainingState` makes a file that every command can open. */
  readonly state: TrainingState
  readonly sizes: DataSizes
  readonly prefix: string
  /** Published settings that were assumed without confirmation, by their keys in the recipe. */
  readonly assumed: Readonly<Record<string, string | number>>
  /** Names of tensors that the model does not have. */
  readonly unused: readonly string[]
}

/**
 * A model of this library from the tensors of a published checkpoint: kind and sizes are read from the shapes.
 * @throws InputError if they are not those of a known model
 */
export function importModel(
  tensors: ReadonlyMap<string, StoredTensor>,
  options: ImportOptions,
): ImportedModel {
  const { who, stored = null } = options
  const official = officialWeights(tensors, options)
  const unused = new Set(official.unused)
  requireFinite(
    [...tensors].filter(([name]) => !unused.has(name)),
    who,
  )
  const architecture = findArchitecture(official, who)
  const guess: Guess = stored ? { ...stored, assumed: {} } : guessModel(architecture, options)
  const recipe = overrideRecipe(guess.recipe, options.overrides ?? [])
  const { sizes } = guess
  const weights = checkedWeights(official, recipe, sizes, architecture, who)
  const state: TrainingState = {
    recipe,
    sizes,
    step: options.step ?? 0,
    nextDraw: 0,
    slotDraws: [],
    best: null,
    dataChecksum: '',
    microBatch: 1,
    elapsedMs: 0,
    threads: 0,
    device: 'imported',
    tensors: new Map([...weights, ...puzzleRows(official.puzzleTable)]),
  }
  return { state, sizes, prefix: official.prefix, assumed: guess.assumed, unused: official.unused }
}

interface Guess extends Pick<StoredSettings, 'recipe' | 'sizes'> {
  readonly assumed: Readonly<Record<string, string | number>>
}

function guessModel(architecture: Architecture, options: ImportOptions): Guess {
  const { who, config = null, step = 0, overrides = [] } = options
  if (config) checkConfig(config, architecture, who)
  const told: Partial<ModelSettings> = config ? settingsOf(config, architecture) : {}
  const { tokens, hasLearnedPositions: _, symbols, identifiers, ...known } = architecture
  const { width, puzzleEmbeddingWidth } = known
  const overridden = overriddenKeys(overrides)
  // What is no number of tokens is refused with the other overrides.
  const wantedPrefix = Number(overridden.get('model.prefixTokens') ?? Number.NaN)
  const prefix = wantedPrefix >= 0 ? wantedPrefix : told.prefixTokens
  const puzzles = findPuzzles({
    who,
    symbols,
    tokens,
    prefixTokens:
      prefix === undefined ? null : prefixLength({ prefixTokens: prefix, puzzleEmbeddingWidth, width }),
    kind: options.puzzles ?? null,
    cells: options.cells ?? null,
    paths: config?.data_paths ?? (config?.data_path === undefined ? [] : [config.data_path]),
  })
  const settings = { ...publishedSettings(architecture, puzzles), ...told }
  const name = (options.name ?? who).slice(-100)
  const recipe = parseRecipe(
    {
      name,
      description: 'Imported from a checkpoint of the published code.',
      model: { ...known, ...settings },
      data: dataRecipe(puzzles, 0),
      ...trainingSettings(config, step),
    },
    who,
  )
  const confirmed = new Set(Object.keys(told))
  for (const key of overridden.keys()) confirmed.add(key.replace('model.', ''))
  const assumed = Object.entries(assumedSettings(settings, confirmed, architecture))
  return {
    recipe,
    sizes: { cells: puzzles.cells, symbols, identifiers },
    assumed: Object.fromEntries([
      ...(puzzles.isAssumed ? [['data', `${puzzles.kind} of ${puzzles.cells} cells`] as const] : []),
      ...assumed.map(([key, value]) => [`model.${key}`, value] as const),
    ]),
  }
}

function overriddenKeys(overrides: readonly string[]): Map<string, string> {
  return new Map(
    overrides.map((override) => {
      const equals = override.indexOf('=')
      return [override.slice(0, Math.max(0, equals)).trim(), override.slice(equals + 1)] as const
    }),
  )
}

/** Settings of another run would be believed without a word. */
function checkConfig({ arch }: OfficialConfig, architecture: Architecture, who: string): void {
  const pairs = [
    ['hidden_size', arch.hidden_size, architecture.width],
    ['puzzle_emb_ndim', arch.puzzle_emb_ndim, architecture.puzzleEmbeddingWidth],
  ] as const
  for (const [key, written, found] of pairs) {
    if (written === undefined || written === found) continue
    throw new InputError({
      who,
      expected: `arch.${key} ${found} in its settings, as in the tensors`,
      got: String(written),
      hint: 'The settings belong to another checkpoint: name the right file with `config`.',
    })
  }
}

/** Every weight of the model in float32, or one error that lists all that is missing or of another shape. */
function checkedWeights(
  { weights }: OfficialWeights,
  { model }: Recipe,
  sizes: DataSizes,
  architecture: Architecture,
  who: string,
): Map<string, StoredTensor> {
  const types = weightTypes(modelConfig(model, sizes))
  const problems: string[] = []
  const found = new Map<string, StoredTensor>()
  for (const [name, { shape }] of Object.entries(types)) {
    const tensor = weights.get(name)
    if (tensor === undefined) problems.push(`no ${name}`)
    else if (tensor.shape.join() !== shape.join())
      problems.push(`${name} [${tensor.shape}] instead of [${shape}]`)
    else {
      const data = toFloat32(tensor, name)
      found.set(`${tensorGroups.weights}${name}`, { dtype: 'float32', shape, data })
    }
  }
  for (const name of weights.keys()) if (!(name in types)) problems.push(`unexpected ${name}`)
  if (problems.length === 0) return found
  const more = problems.length > 8 ? `; and ${problems.length - 8} more` : ''
  const { kind, blocks, mixer } = architecture
  throw new InputError({
    who,
    expected: `the ${Object.keys(types).length} weights of a model of kind ${kind} with ${blocks} blocks and mixer ${mixer}`,
    got: problems.slice(0, 8).join('; ') + more,
    hint: 'The file is incomplete, or its model differs: give with `overrides` what the tensors do not show.',
  })
}

/** The rows of the puzzle table that are not all zero, which every row is until it is trained. */
function puzzleRows(table: StoredTensor | null): [string, StoredTensor][] {
  if (table === null) return []
  const width = table.shape[1]!
  const numbers = toFloat32(table, puzzleTableName)
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length)
  const used: number[] = []
  for (let row = 0; row < table.shape[0]!; row++) {
    for (let index = row * width; index < (row + 1) * width; index++) {
      // By its bits: −0 is not what an untrained row holds.
      if (bits[index] === 0) continue
      used.push(row)
      break
    }
  }
  const rows = used.length === table.shape[0] ? numbers : new Float32Array(used.length * width)
  if (rows !== numbers)
    for (const [place, row] of used.entries())
      rows.set(numbers.subarray(row * width, (row + 1) * width), place * width)
  return [
    [puzzleTableName, { dtype: 'float32', shape: [used.length, width], data: rows }],
    [puzzleIdentifiersName, { dtype: 'int32', shape: [used.length], data: Int32Array.from(used) }],
  ]
}
