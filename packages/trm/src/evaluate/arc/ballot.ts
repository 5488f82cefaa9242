/** The answers of an evaluation as votes. */
import type { ArcPuzzleSet } from '../../data/arc/arc-puzzle-set.ts'
import { applyTransform, invertTransform } from '../../data/arc/augment.ts'
import { cropTokens } from '../../data/arc/encode.ts'
import type { EvaluationEvent } from '../evaluate.ts'
import type { ArcPrediction } from './vote.ts'

type Answer = Extract<EvaluationEvent, { type: 'answer' }>

/**
 * What an answer to a puzzle of the set says about the task. Puzzles may be answered in any order, as with early
 * halting: their place in the set decides ties.
 */
export function arcPrediction(set: ArcPuzzleSet, { puzzle, answer, haltLogit }: Answer): ArcPrediction {
  const { taskIndex, testIndex, transform } = set.arcAt(puzzle)
  const { id, test } = set.tasks[taskIndex]!
  return {
    task: id,
    input: test[testIndex]!.input,
    output: applyTransform(invertTransform(transform), cropTokens(answer, set.canvas)),
    haltLogit,
    place: puzzle,
  }
}
