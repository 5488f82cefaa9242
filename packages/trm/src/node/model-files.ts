/** Models out of run folders and checkpoint files, ready to evaluate and to solve with. */
import { stat } from 'node:fs/promises'
import { InputError } from '@tiny-recursive-models/tensor'
import { type StoredTensor, toFloat32 } from '../checkpoint/stored-tensor.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  puzzleIdentifiersName,
  puzzleTableName,
  puzzleTableOf,
  type TrainingState,
  tensorGroups,
  tensorsOf,
} from '../checkpoint/training-state.ts'
import { sudokuLayout } from '../data/sudoku/shape.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { type ModelConfig, modelConfig, prefixLength } from '../models/config.ts'
import { weightTypes } from '../models/weights.ts'
import type { Recipe } from '../recipes/schema.ts'
import { fileError } from './file-errors.ts'
import { readFileBounded } from './files.ts'
import { maximumCheckpointBytes, openRunFolder, type RunFolder } from './run-folder.ts'

/** `best` by validation accuracy, `final` at the end of the run, `latest` the newest checkpoint, or one by its step. */
export type CheckpointChoice = 'best' | 'final' | 'latest' | number

export interface OpenedModel {
  readonly model: TrainedModel
  readonly recipe: Recipe
  /** Which of the run's weights these are, or `file`. */
  readonly which: CheckpointChoice | 'file'
  /** The file that the weights came from. */
  readonly source: string
  /** Optimiser steps behind the weights. */
  readonly step: number
}

/**
 * Opens the averaged weights of a run folder or of one checkpoint file.
 *
 * @param which by default the best weights of a run, or else the final or the latest ones
 */
export async function openModel(path: string, which?: CheckpointChoice): Promise<OpenedModel> {
  const facts = await stat(path).catch((error: unknown) => {
    throw fileError(error, path, 'a run folder or a checkpoint file')
  })
  if (!facts.isDirectory()) {
    const state = await readState(path)
    return { ...opened(state, path), which: 'file' }
  }
  const run = await openRunFolder(path)
  const checkpoints = await run.checkpoints()
  const weights = await run.weightKinds()
  const choice = which ?? weights[0] ?? 'latest'
  if (choice === 'best' || choice === 'final') {
    if (!weights.includes(choice)) throw await missing(run, choice)
    return { ...(await openOneOf(run, run.file(choice))), which: choice }
  }
  const found = choice === 'latest' ? checkpoints[0] : checkpoints.find(({ step }) => step === choice)
  if (found === undefined) throw await missing(run, choice)
  return { ...(await openOneOf(run, found.path)), which: choice }
}

/** A file of a run; where it is damaged, the error names the others that there are. */
async function openOneOf(run: RunFolder, file: string) {
  try {
    return opened(await readState(file), file)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { who, expected, got, hint } = error
    const others: string[] = (await run.weightKinds()).filter((kind) => run.file(kind) !== file)
    for (const { step, path } of await run.checkpoints()) if (path !== file) others.push(String(step))
    if (others.length === 0) throw error
    const way = `Use other weights of the run: --checkpoint ${others.join(' or ')}.`
    throw new InputError({ who, expected, got, hint: error.cause ? `${hint} ${way}` : way }, { cause: error })
  }
}

/** The weights to use of a training state, the averaged ones where there are some, without all that training needs. */
export function encodeModelFile(state: TrainingState): Uint8Array {
  const average = tensorsOf(state, 'average')
  const tensors = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensorsOf(state, 'weights'))
    tensors.set(`${tensorGroups.weights}${name}`, average.get(name) ?? tensor)
  for (const name of [puzzleTableName, puzzleIdentifiersName]) {
    const tensor = state.tensors.get(name)
    if (tensor) tensors.set(name, tensor)
  }
  return encodeTrainingState({ ...state, slotDraws: [], tensors })
}

/** The model of a training state or of a model file; `who` names it in errors. */
export function modelOfState(state: TrainingState, who: string): TrainedModel {
  const config = configOfState(state, who)
  const stored = tensorsOf(state, 'weights')
  const average = tensorsOf(state, 'average')
  const entries = Object.entries(weightTypes(config)).map(([name, { shape }]) => {
    const tensor = average.get(name) ?? stored.get(name)
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      const got = tensor === undefined ? 'nothing' : `[${tensor.shape}]`
      throw foreign(who, `weights.${name} [${shape}], as its recipe says`, got)
    }
    return [name, { type: 'float32' as const, shape, data: toFloat32(tensor, name) }] as const
  })
  return {
    config,
    weights: Object.fromEntries(entries),
    puzzleTable: puzzleTableOf(state, who),
    cellLoss: state.recipe.optimizer.loss,
  }
}

/** Sizes that come from the data stand in the file; in those of the first versions the shapes tell most of them. */
function configOfState(state: TrainingState, who: string): ModelConfig {
  const { model, data } = state.recipe
  if (state.sizes) return modelConfig(model, state.sizes)
  const shapeOf = (name: string) => state.tensors.get(name)?.shape
  const symbols = shapeOf('weights.tokens')?.[0]
  if (symbols === undefined) throw foreign(who, 'the weight "tokens"', 'none')
  const identifiers = shapeOf(puzzleTableName)?.[0] ?? 1
  if ('boxRows' in data) return modelConfig(model, { cells: sudokuLayout(data).cells, symbols, identifiers })
  const length =
    (model.mixer === 'mlp' ? shapeOf('weights.blocks.0.mixer.gateUp')?.[1] : undefined) ??
    shapeOf('weights.positions')?.[0] ??
    shapeOf('carry.answer.0')?.[0]
  if (length === undefined) {
    throw new InputError({
      who,
      expected: 'a checkpoint that tells how many cells a puzzle has',
      got: 'weights alone of an attention model',
      hint: 'Open a checkpoint of checkpoints/ (--checkpoint latest).',
    })
  }
  return modelConfig(model, { cells: length - prefixLength(model), symbols, identifiers })
}

function opened(state: TrainingState, source: string) {
  return { model: modelOfState(state, source), recipe: state.recipe, source, step: state.step }
}

async function readState(path: string): Promise<TrainingState> {
  return decodeTrainingState(await readFileBounded(path, { maximumBytes: maximumCheckpointBytes }), path)
}

async function missing(run: RunFolder, choice: CheckpointChoice): Promise<InputError> {
  const steps = (await run.checkpoints()).map(({ step }) => String(step))
  const there = [...(await run.weightKinds()), ...(steps.length > 0 ? ['latest', ...steps] : [])]
  return new InputError({
    who: run.path,
    expected: typeof choice === 'number' ? `a checkpoint of step ${choice}` : `${choice} weights`,
    got: there.length === 0 ? 'a run that has stored nothing yet' : `a run with ${there.join(', ')}`,
    hint: there.length === 0 ? 'Wait for its first checkpoint.' : 'Choose one of those by --checkpoint.',
  })
}

function foreign(who: string, expected: string, got: string): InputError {
  const hint = 'The file is damaged or was not written for this recipe: use another checkpoint.'
  return new InputError({ who, expected, got, hint })
}
