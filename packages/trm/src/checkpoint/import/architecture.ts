// What the shapes of a model's weights say about it. Letters: V symbols, D width, L tokens, I hidden size of a
// SwiGLU, E puzzle embedding width.
import { InputError } from '@tiny-recursive-models/tensor'
import { type ModelConfig, type ModelKind, swigluWidth } from '../../models/config.ts'
import type { StoredTensor } from '../stored-tensor.ts'
import type { OfficialWeights } from './official-weights.ts'

export interface Architecture
  extends Pick<
    ModelConfig,
    | 'kind'
    | 'nets'
    | 'gradient'
    | 'continueLoss'
    | 'width'
    | 'expansion'
    | 'blocks'
    | 'mixer'
    | 'puzzleEmbeddingWidth'
    | 'symbols'
    | 'identifiers'
  > {
  /** L, where a weight goes over all tokens: the MLP mixer, learned positions. */
  readonly tokens: number | null
  readonly hasLearnedPositions: boolean
}

type Weights = OfficialWeights['weights']

/** Finds what can be found; whether every weight is there and fits is checked once the whole model is known. */
export function findArchitecture(official: OfficialWeights, who: string): Architecture {
  const { weights, puzzleTable } = official
  const [symbols, width] = shapeOf(weights, 'tokens', 2, who)
  const kind = findKind(weights)
  const hasAnswerNet = weights.has('answerBlocks.0.feedForward.down')
  const isHierarchical = hasAnswerNet && kind !== 'direct'
  const net = kind === 'direct' ? 'answerBlocks' : 'blocks'
  const mixer = weights.has(`${net}.0.mixer.gateUp`) ? 'mlp' : 'attention'
  const hasLearnedPositions = weights.has('positions')
  const mixerShape = mixer === 'mlp' ? shapeOf(weights, `${net}.0.mixer.gateUp`, 2, who) : null
  const [identifiers, puzzleEmbeddingWidth] = puzzleTable
    ? shapeOf(new Map([['puzzleTable', puzzleTable]]), 'puzzleTable', 2, who)
    : [1, 0]
  const tokens = mixerShape?.[1] ?? (hasLearnedPositions ? shapeOf(weights, 'positions', 2, who)[0] : null)
  return {
    kind,
    nets: isHierarchical ? 'separate' : 'shared',
    // Two nets are the mark of HRM, which learns by the last step alone and when to go on.
    gradient: isHierarchical ? 'one-step' : 'recursion',
    continueLoss: isHierarchical,
    width: width!,
    expansion: findExpansion(
      [
        { axis: width!, hidden: shapeOf(weights, `${net}.0.feedForward.down`, 2, who)[1]! },
        ...(mixerShape ? [{ axis: mixerShape[1]!, hidden: mixerShape[0]! / 2 }] : []),
      ],
      who,
    ),
    blocks: countBlocks(weights, net),
    mixer,
    puzzleEmbeddingWidth: puzzleEmbeddingWidth!,
    symbols: symbols!,
    identifiers: identifiers!,
    tokens: tokens ?? null,
    hasLearnedPositions,
  }
}

/** By the states that have a start vector, and whether there is a net for latents. */
function findKind(weights: Weights): ModelKind {
  if (weights.has('latent1Start')) return 'multi-scale'
  if (!weights.has('answerStart')) return 'single-state'
  return weights.has('latentStart') || weights.has('blocks.0.feedForward.down') ? 'trm' : 'direct'
}

/** Up to the first that is missing; those behind a gap are then weights too many. */
function countBlocks(weights: Weights, net: string): number {
  let count = 0
  while (weights.has(`${net}.${count}.feedForward.down`)) count++
  return count
}

interface SwigluShape {
  /** Length of the axis that it works on. */
  readonly axis: number
  readonly hidden: number
}

/**
 * An expansion that gives every SwiGLU its hidden size; rounding leaves a range of them, from which 4, the published
 * one, is taken first, and then a whole number.
 */
function findExpansion(swiglus: readonly SwigluShape[], who: string): number {
  const lowest = Math.max(...swiglus.map(({ axis, hidden }) => (1.5 * (hidden - 255.5)) / axis))
  const highest = Math.min(...swiglus.map(({ axis, hidden }) => (1.5 * (hidden + 0.5)) / axis))
  const candidates = [4, Math.ceil(lowest), Math.floor(highest), (lowest + highest) / 2]
  const found = candidates.find((expansion) =>
    swiglus.every(({ axis, hidden }) => expansion > 0 && swigluWidth(axis, expansion) === hidden),
  )
  if (found !== undefined) return found
  throw new InputError({
    who,
    expected:
      'SwiGLUs whose hidden size is 256 · ceil(expansion · axis · 2/3 / 256), with one expansion for all',
    got: swiglus.map(({ axis, hidden }) => `${hidden} over an axis of ${axis}`).join(' and '),
    hint: 'The file contains another model.',
  })
}

function shapeOf(
  weights: ReadonlyMap<string, StoredTensor>,
  name: string,
  axes: number,
  who: string,
): readonly number[] {
  const shape = weights.get(name)?.shape
  if (shape?.length === axes && shape.every((length) => length > 0)) return shape
  throw new InputError({
    who,
    expected: `a weight ${name} of ${axes} axes, as in all published models`,
    got: shape === undefined ? 'none' : `[${shape}]`,
    hint: 'The file contains another model, or only part of one.',
  })
}
