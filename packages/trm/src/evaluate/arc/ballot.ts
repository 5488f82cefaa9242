/** The answers of an evaluation as votes. */

import type { AnyPuzzleSet } from '../../data/puzzle-set.ts'
import { type ArcPuzzleSet, isArcPuzzleSet } from '../../puzzles/arc/arc-puzzle-set.ts'
import { applyTransform, invertTransform } from '../../puzzles/arc/augment.ts'
import { cropTokens } from '../../puzzles/arc/encode.ts'
import type { EvaluationEvent } from '../evaluate.ts'
import { type ArcFigures, arcFigures, type ScoredTask } from './pass-at.ts'
import { type Submission, submissionOf } from './submission.ts'
import { type ArcPrediction, ArcVotes } from './vote.ts'

type Answer = Extract<EvaluationEvent, { type: 'answer' }>

/** The vote of one evaluation: give it every event. */
export interface ArcBallot {
  readonly tasks: readonly ScoredTask[]
  readonly votes: ArcVotes
  /** Counts the answers among the events. */
  readonly note: (event: EvaluationEvent) => void
  readonly figures: () => ArcFigures
  readonly submission: () => Submission
}

/** A vote that starts empty; null if the puzzles are not ARC tasks. */
export function arcBallot(set: AnyPuzzleSet): ArcBallot | null {
  return isArcPuzzleSet(set) ? ballotOf(set.tasks, (answer) => arcPrediction(set, answer)) : null
}

/** A vote on the tasks over what answers say about them. */
export function ballotOf(
  tasks: readonly ScoredTask[],
  predictionOf: (answer: Answer) => ArcPrediction,
): ArcBallot {
  const votes = new ArcVotes()
  return {
    tasks,
    votes,
    note(event) {
      if (event.type === 'answer') votes.add(predictionOf(event))
    },
    figures: () => arcFigures(votes, tasks),
    submission: () => submissionOf(votes, tasks),
  }
}

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
