import {
  elementCount,
  floatTensor,
  type HostTensor,
  RandomStream,
  type Shape,
  type Tensor,
} from '@tiny-recursive-models/tensor'
import { type ModelConfig, sequenceLength, stateNames, swigluWidth } from './config.ts'

/** How a weight starts; see reference section 2, "Initialisation". */
type Start = { readonly normal: number } | { readonly constant: number }

export interface WeightType {
  readonly shape: Shape
  readonly start: Start
  /** The start vectors of the states are stored with the weights, never trained. */
  readonly trained: boolean
}

/** A record by weight name: symbolic tensors while tracing, host tensors outside. */
export type WeightsOf<T> = Readonly<Record<string, T>>
export type Weights = WeightsOf<Tensor>

/** Blocks of the net that renews latents, by the beginning of their names; null where there are none. */
export const latentNet = ({ kind }: ModelConfig): string | null => (kind === 'direct' ? null : 'blocks')

/** Blocks of the net that renews the answer. */
export const answerNet = ({ kind, nets }: ModelConfig): string =>
  kind === 'direct' || nets === 'separate' ? 'answerBlocks' : 'blocks'

/** The weight that a state starts from. */
export const startVector = (state: string): string => `${state}Start`

/** Every weight of a model by name. The puzzle table is not among them: only the rows in use enter a program. */
export function weightTypes(config: ModelConfig): WeightsOf<WeightType> {
  const { width, symbols, blocks, mixer, expansion, positions } = config
  const length = sequenceLength(config)
  const matrix = (outputs: number, inputs: number): WeightType => ({
    shape: [outputs, inputs],
    start: { normal: 1 / Math.sqrt(inputs) },
    trained: true,
  })
  const table = (rows: number): WeightType => ({
    shape: [rows, width],
    start: { normal: 1 / Math.sqrt(width) },
    trained: true,
  })
  const swiglu = (axis: number) => {
    const hidden = swigluWidth(axis, expansion)
    return { gateUp: matrix(2 * hidden, axis), down: matrix(axis, hidden) }
  }

  const types: Record<string, WeightType> = { tokens: table(symbols) }
  if (positions === 'learned') types.positions = table(length)
  for (const state of [...stateNames(config)].reverse())
    types[startVector(state)] = { shape: [width], start: { normal: 1 }, trained: false }
  for (const net of new Set([latentNet(config) ?? answerNet(config), answerNet(config)])) {
    for (let index = 0; index < blocks; index++) {
      const parts =
        mixer === 'mlp'
          ? swiglu(length)
          : { queryKeyValue: matrix(3 * width, width), output: matrix(width, width) }
      for (const [name, type] of Object.entries(parts)) types[`${net}.${index}.mixer.${name}`] = type
      for (const [name, type] of Object.entries(swiglu(width)))
        types[`${net}.${index}.feedForward.${name}`] = type
    }
  }
  types.answerHead = matrix(symbols, width)
  types['haltHead.weight'] = { shape: [2, width], start: { constant: 0 }, trained: true }
  types['haltHead.bias'] = { shape: [2], start: { constant: -5 }, trained: true }
  return types
}

/** Standard deviation of a standard normal cut off at ±2. */
const truncatedDeviation = 0.8796256610342398

/** Fresh weights, a pure function of config and seed: each weight has a random stream of its own. */
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
