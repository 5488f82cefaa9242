// Every weight of a model, as the model reads them. In checkpoints and programs they lie flat, under their names.
// Letters: D width, V symbols, L tokens, A answers, I hidden width, d an axis that is mixed: L or D.
import type { Shape } from '@tiny-recursive-models/tensor'
import { type ModelConfig, sequenceLength, stateNames, structureOfModel, swigluWidth } from './config.ts'

/** How a weight starts; see reference section 2, "Initialisation". */
type Start = { readonly normal: number } | { readonly constant: number }

export interface WeightType {
  readonly shape: Shape
  readonly start: Start
  /** The start vectors of the states are stored with the weights, never trained. */
  readonly trained: boolean
}

/** Gives the weight of that name, such as `blocks.0.mixer.gateUp`. */
export type ReadWeight<T> = (name: string, type: WeightType) => T

export interface SwigluWeights<T> {
  /** [2I, d]: gate and up in one */
  readonly gateUp: T
  /** [d, I] */
  readonly down: T
}

export interface AttentionWeights<T> {
  /** [3D, D] */
  readonly queryKeyValue: T
  /** [D, D] */
  readonly output: T
}

/** down · relu(up · x) */
export interface PerceptronWeights<T> {
  /** [I, d] */
  readonly up: T
  /** [D, I] */
  readonly down: T
}

export interface GroupKind<T> {
  readonly net: PerceptronWeights<T>
  /** The cells of each group, from the structure. */
  readonly members: readonly (readonly number[])[]
}

export interface GroupWeights<T> {
  /** [D, D]: what a node tells its groups */
  readonly value: T
  /** Each kind of group has a net of its own. */
  readonly groups: readonly GroupKind<T>[]
  /** Of `fields`, the net of the symbols of a cell. */
  readonly cell: PerceptronWeights<T> | null
}

export interface NeighbourWeights<T> {
  /** The net of a cell and the eight around it. */
  readonly around: PerceptronWeights<T>
}

export interface PublishedBlock<T> {
  /** Of the token axis: a SwiGLU of its own, or attention. */
  readonly mixer: SwigluWeights<T> | AttentionWeights<T>
  readonly feedForward: SwigluWeights<T>
}

export interface StructuredBlock<T> {
  readonly mixer: GroupWeights<T> | NeighbourWeights<T>
  readonly feedForward: PerceptronWeights<T>
}

export type BlockWeights<T> = PublishedBlock<T> | StructuredBlock<T>

export interface TokenWeights<T> {
  /** [V, D] */
  readonly tokens: T
  /** [D, A], of models that are shown noisy answers */
  readonly noisyAnswer: T | null
  /** [L, D], of learned positions */
  readonly positions: T | null
}

export interface FieldWeights<T> {
  /** [D, 4]: a symbol that may be exchanged has no vector of its own, a node is told four numbers */
  readonly input: T
}

export interface ModelWeights<T> {
  readonly question: TokenWeights<T> | FieldWeights<T>
  /** [D] each, by state. */
  readonly starts: ReadonlyMap<string, T>
  readonly nets:
    | { readonly shared: readonly BlockWeights<T>[] }
    | { readonly latent: readonly BlockWeights<T>[]; readonly answer: readonly BlockWeights<T>[] }
  /** [V, D], or [1, D] for `fields` */
  readonly answerHead: T
  /** [2, D] and [2]: halt, continue */
  readonly haltHead: { readonly weight: T; readonly bias: T }
}

/** The name of the weight that a state starts from. */
export const startVector = (state: string): string => `${state}Start`

/**
 * The weights of a model, each as `read` gives it, which is called in the order in which they are stored. The puzzle
 * table is not among them: only the rows in use enter a program.
 */
export function weightTree<T>(config: ModelConfig, read: ReadWeight<T>): ModelWeights<T> {
  const { kind, nets, width, symbols, mixer } = config
  const blocks = (name: string) =>
    Array.from({ length: config.blocks }, (_, index) => blockWeights(config, `${name}.${index}`, read))
  const start = (state: string) =>
    read(startVector(state), { shape: [width], start: { normal: 1 }, trained: false })
  return {
    question: questionWeights(config, read),
    starts: new Map([...stateNames(config)].reverse().map((state) => [state, start(state)])),
    nets:
      kind === 'direct'
        ? { shared: blocks('answerBlocks') }
        : nets === 'shared'
          ? { shared: blocks('blocks') }
          : { latent: blocks('blocks'), answer: blocks('answerBlocks') },
    answerHead: read('answerHead', matrix(mixer === 'fields' ? 1 : symbols, width)),
    haltHead: {
      weight: read('haltHead.weight', { shape: [2, width], start: { constant: 0 }, trained: true }),
      bias: read('haltHead.bias', { shape: [2], start: { constant: -5 }, trained: true }),
    },
  }
}

function questionWeights<T>(config: ModelConfig, read: ReadWeight<T>): TokenWeights<T> | FieldWeights<T> {
  const { width, symbols, mixer, answerInput, positions } = config
  if (mixer === 'fields') return { input: read('input', normal(width, 4, 0.6)) }
  const table = (rows: number) => normal(rows, width, 1 / Math.sqrt(width))
  return {
    tokens: read('tokens', table(symbols)),
    noisyAnswer:
      answerInput === 'noisy'
        ? read('noisyAnswer', matrix(width, structureOfModel(config).answers.length))
        : null,
    positions: positions === 'learned' ? read('positions', table(sequenceLength(config))) : null,
  }
}

function blockWeights<T>(config: ModelConfig, name: string, read: ReadWeight<T>): BlockWeights<T> {
  const { width, mixer, expansion } = config
  const swiglu = (part: string, axis: number): SwigluWeights<T> => {
    const hidden = swigluWidth(axis, expansion)
    return {
      gateUp: read(`${name}.${part}.gateUp`, matrix(2 * hidden, axis)),
      down: read(`${name}.${part}.down`, matrix(axis, hidden)),
    }
  }
  switch (mixer) {
    case 'mlp':
      return { mixer: swiglu('mixer', sequenceLength(config)), feedForward: swiglu('feedForward', width) }
    case 'attention':
      return {
        mixer: {
          queryKeyValue: read(`${name}.mixer.queryKeyValue`, matrix(3 * width, width)),
          output: read(`${name}.mixer.output`, matrix(width, width)),
        },
        feedForward: swiglu('feedForward', width),
      }
    default:
      return structuredWeights(config, name, read)
  }
}

function structuredWeights<T>(config: ModelConfig, name: string, read: ReadWeight<T>): StructuredBlock<T> {
  const { width, mixer, groupWidth = 2 * width, hiddenWidth = 2 * width } = config
  // He's start, so that a ReLU keeps the size; a residual branch starts small.
  const perceptron = (part: string, inputs: number, hidden: number): PerceptronWeights<T> => ({
    up: read(`${name}.${part}.up`, normal(hidden, inputs, Math.sqrt(2 / inputs))),
    down: read(`${name}.${part}.down`, normal(width, hidden, 0.5 / Math.sqrt(hidden))),
  })
  const ofGroup = (kind: string) => perceptron(`mixer.${kind}`, width, groupWidth)
  return {
    mixer:
      mixer === 'neighbours'
        ? { around: perceptron('mixer.around', 9 * width, groupWidth) }
        : {
            value: read(`${name}.mixer.value`, normal(width, width, Math.sqrt(2 / width))),
            groups: Object.entries(structureOfModel(config).groups).map(([kind, members]) => ({
              net: ofGroup(kind),
              members,
            })),
            cell: mixer === 'fields' ? ofGroup('cell') : null,
          },
    feedForward: perceptron('feedForward', width, hiddenWidth),
  }
}

const normal = (rows: number, columns: number, deviation: number): WeightType => ({
  shape: [rows, columns],
  start: { normal: deviation },
  trained: true,
})

/** Keeps the size of what it maps. */
const matrix = (outputs: number, inputs: number): WeightType => normal(outputs, inputs, 1 / Math.sqrt(inputs))
