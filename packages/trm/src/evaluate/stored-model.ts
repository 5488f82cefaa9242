/** The weights of a training state as a file of their own, and as a model to think with. */
import { InputError } from '@tiny-recursive-models/tensor'
import { roundToFloat16 } from '../checkpoint/round.ts'
import { type StoredTensor, toFloat32 } from '../checkpoint/stored-tensor.ts'
import {
  encodeTrainingState,
  puzzleIdentifiersName,
  puzzleTableName,
  puzzleTableOf,
  type TrainingState,
  tensorGroups,
  tensorsOf,
} from '../checkpoint/training-state.ts'
import { type ModelConfig, modelConfig, prefixLength } from '../models/config.ts'
import { weightTypes } from '../models/weights.ts'
import { boardOfData } from '../puzzles/index.ts'
import type { TrainedModel } from './thinker.ts'

/**
 * The weights to use of a training state, their moving average (EMA) where there is one, without all that training needs.
 *
 * @param precision `float16` rounds every weight to the nearest number of half precision
 */
export function encodeModelFile(
  state: TrainingState,
  precision: 'float32' | 'float16' = 'float32',
): Uint8Array {
  const ema = tensorsOf(state, 'ema')
  const tensors = new Map<string, StoredTensor>()
  for (const [name, stored] of tensorsOf(state, 'weights')) {
    const tensor = ema.get(name) ?? stored
    tensors.set(`${tensorGroups.weights}${name}`, precision === 'float16' ? halved(tensor, name) : tensor)
  }
  for (const name of [puzzleTableName, puzzleIdentifiersName]) {
    const tensor = state.tensors.get(name)
    if (tensor) tensors.set(name, tensor)
  }
  return encodeTrainingState({ ...state, slotDraws: [], tensors })
}

const halved = (tensor: StoredTensor, name: string): StoredTensor => ({
  dtype: 'float16',
  shape: tensor.shape,
  data: roundToFloat16(toFloat32(tensor, name)),
})

/**
 * The model of a training state or of a model file; `who` names it in errors.
 * @throws InputError if the weights are not those that the recipe says
 */
export function modelOfState(state: TrainingState, who: string): TrainedModel {
  const config = configOfState(state, who)
  const stored = tensorsOf(state, 'weights')
  const ema = tensorsOf(state, 'ema')
  const entries = Object.entries(weightTypes(config)).map(([name, { shape }]) => {
    const tensor = ema.get(name) ?? stored.get(name)
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      const got = tensor === undefined ? 'nothing' : `[${tensor.shape}]`
      throw foreign(who, `weights.${name} [${shape}], as its recipe says`, got)
    }
    return [name, { dtype: 'float32' as const, shape, data: toFloat32(tensor, name) }] as const
  })
  return {
    config,
    weights: Object.fromEntries(entries),
    puzzleTable: puzzleTableOf(state, who),
    ...(state.identifierDigest !== undefined && { identifierDigest: state.identifierDigest }),
    cellLoss: state.recipe.optimizer.loss,
    ...(state.recipe.noise && { noise: state.recipe.noise }),
  }
}

/** Sizes that come from the data stand in the file; in those of the first versions the shapes tell most of them. */
function configOfState(state: TrainingState, who: string): ModelConfig {
  const { data, training } = state.recipe
  // A model that thinks longer than its stays in training says so in its recipe.
  const { evaluateSteps } = training
  const model = { ...state.recipe.model, ...(evaluateSteps !== null && { supervisionSteps: evaluateSteps }) }
  if (state.sizes) return modelConfig(model, state.sizes, boardOfData(data, state.sizes)?.structure)
  const shapeOf = (name: string) => state.tensors.get(name)?.shape
  const symbols = shapeOf('weights.tokens')?.[0]
  if (symbols === undefined) throw foreign(who, 'the weight "tokens"', 'none')
  const identifiers = shapeOf(puzzleTableName)?.[0] ?? 1
  const board = boardOfData(data, { cells: 0, symbols })
  if (board) return modelConfig(model, { cells: board.rows * board.columns, symbols, identifiers })
  const length =
    (model.mixer === 'mlp' ? shapeOf('weights.blocks.0.mixer.gateUp')?.[1] : undefined) ??
    shapeOf('weights.positions')?.[0] ??
    shapeOf('carry.answer.0')?.[0]
  if (length === undefined) {
    throw new InputError({
      who,
      expected: 'a checkpoint that says how many cells a puzzle has',
      got: 'weights alone of an attention model',
      hint: 'Open a checkpoint of checkpoints/ (`checkpoint: latest`).',
    })
  }
  return modelConfig(model, { cells: length - prefixLength(model), symbols, identifiers })
}

function foreign(who: string, expected: string, got: string): InputError {
  const hint = 'The file is damaged or does not belong to this recipe: use another checkpoint.'
  return new InputError({ who, expected, got, hint })
}
