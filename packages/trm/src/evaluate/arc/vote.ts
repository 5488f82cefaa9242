/**
 * The vote over the augmented copies of ARC tasks (published: evaluators/arc.py): every prediction is one vote for
 * the output that it shows once its augmentation is undone.
 *
 * One `ArcVotes` belongs to one evaluation of one set of weights. The published evaluator can keep its predictions
 * from one evaluation to the next, so that a late checkpoint is scored with the votes of earlier ones; here there
 * is nothing to keep them in.
 */
import { type ArcTransform, applyTransform, invertTransform } from '../../puzzles/arc/augment.ts'
import { cropTokens } from '../../puzzles/arc/encode.ts'
import { type Grid, gridKey } from '../../puzzles/arc/grid.ts'

/** One answer of the model, as the task itself would have it. */
export interface ArcPrediction {
  readonly task: string
  /** The test input, which says what the prediction is for. */
  readonly input: Grid
  /** 0 × 0 where the answer began with no colour: a vote like any other. */
  readonly output: Grid
  readonly haltLogit: number
  /**
   * Its place among the predictions; by default the order of their arrival. It decides between outputs that are
   * equal in votes and belief: the one that was seen first wins.
   */
  readonly place?: number
}

/** One answer of the model, as it gave it: augmented, on a canvas. S = side². */
export interface CanvasPrediction {
  readonly task: string
  /** The augmentation that the model saw the task under. */
  readonly transform: ArcTransform
  readonly side: number
  /** [S] tokens that it was asked */
  readonly inputs: ArrayLike<number>
  /** [S] tokens that it answered */
  readonly answer: ArrayLike<number>
  readonly haltLogit: number
  readonly place?: number
}

/** An output and what speaks for it. */
export interface ArcVote {
  readonly output: Grid
  readonly votes: number
  /** Mean probability, over its votes, that the model gives its answer of being right. */
  readonly meanProbability: number
}

interface Tally {
  votes: number
  probabilities: number
  /** The smallest place of its predictions. */
  first: number
}

/** The answer taken from its canvas, its augmentation undone. */
export function restorePrediction(prediction: CanvasPrediction): ArcPrediction {
  const { task, transform, side, inputs, answer, haltLogit, place } = prediction
  const undo = invertTransform(transform)
  return {
    task,
    input: applyTransform(undo, cropTokens(inputs, side)),
    output: applyTransform(undo, cropTokens(answer, side)),
    haltLogit,
    ...(place !== undefined && { place }),
  }
}

/** Counts votes as they come. It holds each distinct output once, however many predictions there are. */
export class ArcVotes {
  /** Task → test input → output → what it has. Grids stand as their keys, which take a byte a cell. */
  readonly #tasks = new Map<string, Map<string, Map<string, Tally>>>()
  #predictions = 0

  /** How many have been added. */
  get predictions(): number {
    return this.#predictions
  }

  add({ task, input, output, haltLogit, place = this.#predictions }: ArcPrediction): void {
    const outputs = entry(
      entry(this.#tasks, task, () => new Map()),
      gridKey(input),
      () => new Map<string, Tally>(),
    )
    const tally = entry(outputs, gridKey(output), () => ({ votes: 0, probabilities: 0, first: place }))
    tally.votes += 1
    tally.probabilities += probabilityOf(haltLogit)
    tally.first = Math.min(tally.first, place)
    this.#predictions += 1
  }

  /**
   * All outputs seen for a test input, best first: by votes, then by mean probability, then by the first
   * prediction. Test inputs of a task that are equal share their votes. Empty where nothing was predicted.
   */
  ranking(task: string, input: Grid): ArcVote[] {
    const outputs = this.#tasks.get(task)?.get(gridKey(input)) ?? new Map<string, Tally>()
    return Array.from(outputs, ([key, { votes, probabilities, first }]) => ({
      key,
      first,
      votes,
      meanProbability: probabilities / votes,
    }))
      .sort(
        (left, right) =>
          right.votes - left.votes ||
          right.meanProbability - left.meanProbability ||
          left.first - right.first,
      )
      .map(({ key, votes, meanProbability }) => ({ output: gridOfKey(key), votes, meanProbability }))
  }
}

/** The logistic function; a model that diverged believes nothing. */
function probabilityOf(haltLogit: number): number {
  return Number.isNaN(haltLogit) ? 0 : 1 / (1 + Math.exp(-haltLogit))
}

function entry<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = create()
    map.set(key, value)
  }
  return value
}

/** The grid that `gridKey` wrote as `<rows>x<columns>:<a digit a cell>`. */
function gridOfKey(key: string): Grid {
  const [size, digits] = key.split(':') as [string, string]
  const [rows, columns] = size.split('x').map(Number) as [number, number]
  return { rows, columns, colours: Uint8Array.from(digits, Number) }
}
