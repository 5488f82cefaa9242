/** The weights of a model by name, and how they begin. */
import {
  elementCount,
  floatTensor,
  type HostTensor,
  InputError,
  RandomStream,
  type Tensor,
} from '@tiny-recursive-models/tensor'
import type { ModelConfig } from './config.ts'
import { roundingOf } from './precision.ts'
import { type ModelWeights, type WeightType, weightTree } from './weight-tree.ts'

/** A record by weight name: symbolic tensors while tracing, host tensors outside. */
export type WeightsOf<T> = Readonly<Record<string, T>>

/** The weights of a model while it is traced. */
export type Weights = WeightsOf<Tensor>

/** Every weight of a model by name. */
export function weightTypes(config: ModelConfig): WeightsOf<WeightType> {
  const types: Record<string, WeightType> = {}
  weightTree(config, (name, type) => {
    types[name] = type
  })
  return types
}

/** Weights by name as the tree that the model reads, in its precision. */
export function treeOfWeights(weights: Weights, config: ModelConfig): ModelWeights<Tensor> {
  const rounded = roundingOf(config)
  return weightTree(config, (name, { shape }) => {
    const weight = weights[name]
    if (weight) return rounded(weight)
    throw new InputError({
      who: 'model',
      expected: `a weight ${name} [${shape}]`,
      got: 'none',
      hint: 'Use the weights of a model with the same recipe.',
    })
  })
}

/** Standard deviation of a standard normal cut off at ±2. */
const truncatedDeviation = 0.8796256610342398

/** Fresh weights, a pure function of config and seed: each weight has its own random stream. */
export function initialWeights(config: ModelConfig, seed: number): WeightsOf<HostTensor> {
  const entries = Object.entries(weightTypes(config)).map(([name, { shape, start }]) => {
    const data = new Float32Array(elementCount(shape))
    if ('constant' in start) data.fill(start.constant)
    else {
      const random = new RandomStream(seed, 'weights', name)
      const scale = start.normal / truncatedDeviation
      for (let index = 0; index < data.length; index++) data[index] = random.truncatedNormal() * scale
    }
    return [name, floatTensor(shape, data)] as const
  })
  return Object.fromEntries(entries)
}

/** Number of trained parameters, the puzzle table included. */
export function parameterCount(config: ModelConfig): number {
  const trained = Object.values(weightTypes(config)).filter((type) => type.trained)
  const table = config.identifiers * config.puzzleEmbeddingWidth
  return trained.reduce((sum, { shape }) => sum + elementCount(shape), table)
}
