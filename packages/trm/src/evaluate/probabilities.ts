import type { CellLoss } from '../programs/losses.ts'

/** What a logit weighs before the weights of a cell are divided by their sum (reference section 3). */
const symbolWeights: Readonly<Record<CellLoss, (logit: number, largest: number) => number>> = {
  stablemax: (logit) => (logit >= 0 ? logit + 1 : 1 / (1 - logit)),
  // Of the largest 1, whatever it is: nothing overflows, and not all become 0.
  softmax: (logit, largest) => Math.exp(logit - largest),
}

/** Logits of the symbols of one cell to probabilities, by the function that the model was trained with. */
export function probabilitiesOf(logits: Float32Array, cellLoss: CellLoss): readonly number[] {
  const weigh = symbolWeights[cellLoss]
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY)
  const weights = Array.from(logits, (logit) => weigh(logit, largest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
