import {
  elementCount,
  floatTensor,
  type HostTensor,
  RandomStream,
  type Shape,
  type Tensor,
} from '@tiny-recursive-models/tensor'
import {
  isStructured,
  type ModelConfig,
  sequenceLength,
  stateNames,
  structureOfModel,
  swigluWidth,
} from './config.ts'

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

  /** down · relu(up · x): He's start, so that a ReLU keeps the size; a residual branch starts small. */
  const perceptron = (inputs: number, hidden: number): WeightsOf<WeightType> => ({
    up: { shape: [hidden, inputs], start: { normal: Math.sqrt(2 / inputs) }, trained: true },
    down: { shape: [width, hidden], start: { normal: 0.5 / Math.sqrt(hidden) }, trained: true },
  })
  const structuredParts = (): WeightsOf<WeightType> => {
    const { groupWidth = 2 * width, hiddenWidth = 2 * width } = config
    const value = { shape: [width, width], start: { normal: Math.sqrt(2 / width) }, trained: true }
    const kinds = mixer === 'neighbours' ? ['around'] : Object.keys(structureOfModel(config).groups)
    if (mixer === 'fields') kinds.push('cell')
    const nets = kinds.map((kind) => [
      `mixer.${kind}`,
      perceptron(mixer === 'neighbours' ? 9 * width : width, groupWidth),
    ])
    const parts = { ...Object.fromEntries(nets), feedForward: perceptron(width, hiddenWidth) } as Record<
      string,
      WeightsOf<WeightType>
    >
    const named = Object.entries(parts).flatMap(([name, net]) =>
      Object.entries(net).map(([end, type]) => [`${name}.${end}`, type]),
    )
    return { ...(mixer !== 'neighbours' && { 'mixer.value': value }), ...Object.fromEntries(named) }
  }

  const types: Record<string, WeightType> = {}
  // A symbol that may be exchanged has no vector of its own: what a node of `fields` is told are four numbers.
  if (mixer === 'fields') types.input = { shape: [width, 4], start: { normal: 0.6 }, trained: true }
  else {
    types.tokens = table(symbols)
    if (config.answerInput === 'noisy')
      types.noisyAnswer = matrix(width, structureOfModel(config).answers.length)
  }
  if (positions === 'learned') types.positions = table(length)
  for (const state of [...stateNames(config)].reverse())
    types[startVector(state)] = { shape: [width], start: { normal: 1 }, trained: false }
  for (const net of new Set([latentNet(config) ?? answerNet(config), answerNet(config)])) {
    for (let index = 0; index < blocks; index++) {
      if (isStructured(config)) {
        for (const [name, type] of Object.entries(structuredParts())) types[`${net}.${index}.${name}`] = type
        continue
      }
      const parts =
        mixer === 'mlp'
          ? swiglu(length)
          : { queryKeyValue: matrix(3 * width, width), output: matrix(width, width) }
      for (const [name, type] of Object.entries(parts)) types[`${net}.${index}.mixer.${name}`] = type
      for (const [name, type] of Object.entries(swiglu(width)))
        types[`${net}.${index}.feedForward.${name}`] = type
    }
  }
  types.answerHead = matrix(mixer === 'fields' ? 1 : symbols, width)
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
