// Letters: B batch, S cells, V symbols.
import {
  add,
  and,
  binaryCrossEntropy,
  cast,
  equal,
  exponential,
  greater,
  greaterOrEqual,
  logarithm,
  maximum,
  multiply,
  range,
  reciprocal,
  reduceMaximum,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  select,
  sigmoid,
  softmaxCrossEntropy,
  stablemaxCrossEntropy,
  stopGradient,
  subtract,
  sumAll,
  type Tensor,
} from '@tiny-recursive-models/tensor'
import type { Prediction } from '../models/recursion.ts'

export type CellLoss = 'stablemax' | 'softmax'

const cellLosses: Readonly<Record<CellLoss, (logits: Tensor, labels: Tensor) => Tensor>> = {
  stablemax: stablemaxCrossEntropy,
  softmax: softmaxCrossEntropy,
}

export interface CellLossConfig {
  readonly loss: CellLoss
  /** Share of the target that is spread over all symbols, for softmax only; default 0. */
  readonly labelSmoothing?: number
}

/**
 * [B, S]: the loss of every cell, 0 where it is not scored. With label smoothing s (arXiv 1512.00567) it is
 * (1 − s) · CE + s · the mean over symbols of −log p.
 *
 * @param logits [B, S, V]
 * @param labels [B, S] int32, negative where a cell is not scored
 */
export function cellLoss(
  logits: Tensor,
  labels: Tensor,
  { loss, labelSmoothing = 0 }: CellLossConfig,
): Tensor {
  const plain = cellLosses[loss](logits, labels)
  if (labelSmoothing === 0) return plain
  const scored = greaterOrEqual(labels, scalar(0, 'int32'))
  const spread = select(scored, meanSurprise(logits), 0)
  return add(multiply(plain, 1 - labelSmoothing), multiply(spread, labelSmoothing))
}

/** [B, S]: the mean over symbols of −log p, p from the softmax of logits [B, S, V]. */
function meanSurprise(logits: Tensor): Tensor {
  const shifted = subtract(logits, stopGradient(reduceMaximum(logits, -1)))
  const total = reduceSum(exponential(shifted), -1)
  return reshape(subtract(logarithm(total), reduceMean(shifted, -1)), logits.shape.slice(0, -1))
}

/** What a supervision step says about a batch (reference section 3). */
export interface Losses {
  /** [] sum over slots of the mean cell loss over labelled cells */
  readonly answerLoss: Tensor
  /** [] sum over slots of the halting loss, before its factor ½ */
  readonly haltLoss: Tensor
  /** [] sum over slots of the continue loss, before its factor ½; 0 for a model without */
  readonly continueLoss: Tensor
  /** [] answerLoss + ½ haltLoss + ½ continueLoss: still a sum over slots */
  readonly totalLoss: Tensor
  /** [B] share of labelled cells that are right */
  readonly cellAccuracy: Tensor
  /** [B] bool: every labelled cell is right */
  readonly exact: Tensor
  /** [B] bool: at least one cell is labelled */
  readonly labelled: Tensor
}

type HaltingScores = Pick<Prediction, 'haltLogits' | 'continueLogits'>

/**
 * [B]: how right the model will believe to be if it goes on, as it says itself one supervision step later: the
 * better of its two halting scores or, where this was the last step, the first (reference section 3).
 */
export function continueTarget({ haltLogits, continueLogits }: HaltingScores, isLast: Tensor): Tensor {
  return sigmoid(select(isLast, haltLogits, maximum(haltLogits, continueLogits)))
}

/**
 * Losses and correctness of a prediction.
 *
 * @param prediction logits [B, S, V], halting scores [B]
 * @param labels     [B, S] int32, negative where a cell is not scored
 * @param target     [B] of the continue score; none where the model has no continue loss
 */
export function lossesOf(
  { logits, haltLogits, continueLogits }: HaltingScores & Pick<Prediction, 'logits'>,
  labels: Tensor,
  lossConfig: CellLossConfig,
  target?: Tensor,
): Losses {
  const [batch] = labels.shape as [number, number]
  const scored = cast(greaterOrEqual(labels, scalar(0, 'int32')), 'float32') // [B, S]
  const scoredCells = reshape(reduceSum(scored, 1), [batch])
  const divisor = reciprocal(maximum(scoredCells, 1)) // a slot without labels counts as divisor 1

  const perCell = cellLoss(logits, labels, lossConfig) // [B, S], 0 where not scored
  const perSlot = multiply(reshape(reduceSum(perCell, 1), [batch]), divisor)

  const right = multiply(labelsWin(logits, labels), scored) // [B, S]
  const rightCells = reshape(reduceSum(right, 1), [batch])
  const exact = equal(rightCells, scoredCells)

  const haltLosses = binaryCrossEntropy(haltLogits, stopGradient(cast(exact, 'float32'))) // [B]
  const [answerLoss, haltLoss] = [sumAll(perSlot), sumAll(haltLosses)]
  const continueLoss = target && sumAll(binaryCrossEntropy(continueLogits, stopGradient(target)))
  const halting = continueLoss ? add(haltLoss, continueLoss) : haltLoss
  return {
    answerLoss,
    haltLoss,
    continueLoss: continueLoss ?? scalar(0),
    totalLoss: add(answerLoss, multiply(halting, 0.5)),
    cellAccuracy: multiply(rightCells, divisor),
    exact,
    labelled: greater(scoredCells, 0),
  }
}

/** [B, S]: 1 where no symbol has a larger logit than the label. NaN never wins. */
function labelsWin(logits: Tensor, labels: Tensor): Tensor {
  const hot = cast(equal(reshape(labels, [...labels.shape, 1]), range(logits.shape.at(-1)!)), 'float32') // [B, S, V]
  const values = stopGradient(logits)
  const ofLabel = reduceSum(multiply(values, hot), 2)
  return reshape(cast(greaterOrEqual(ofLabel, reduceMaximum(values, 2)), 'float32'), labels.shape)
}

/** Names of the figures in the metrics vector, in its order; sums over the slots that halted in this step. */
export const metricNames = [
  'count',
  'cellAccuracy',
  'exactAccuracy',
  'haltAccuracy',
  'steps',
  'answerLoss',
  'haltLoss',
  'continueLoss',
  'totalLoss',
] as const

/** Figures of one training step, by name; see `metricNames`. */
export type Metrics = Readonly<Record<(typeof metricNames)[number], number>>

/** [9]: the figures of `metricNames`; losses are over all slots. */
export function metricsVector(
  losses: Losses,
  haltLogits: Tensor,
  halted: Tensor,
  steps: Tensor,
): readonly Tensor[] {
  const counted = cast(and(halted, losses.labelled), 'float32') // [B]
  const haltRight = equal(
    cast(greaterOrEqual(stopGradient(haltLogits), 0), 'float32'),
    cast(losses.exact, 'float32'),
  )
  const sumOf = (values: Tensor) => sumAll(multiply(counted, values))
  return [
    sumAll(counted),
    sumOf(losses.cellAccuracy),
    sumOf(cast(losses.exact, 'float32')),
    sumOf(cast(haltRight, 'float32')),
    sumOf(steps),
    losses.answerLoss,
    losses.haltLoss,
    losses.continueLoss,
    losses.totalLoss,
  ]
}
