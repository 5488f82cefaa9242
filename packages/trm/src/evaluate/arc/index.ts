/** The ARC vote over augmented copies, submissions and their score. */
export { type ArcBallot, arcBallot } from './ballot.ts'
export {
  type ArcFigures,
  arcFigures,
  type PassAt,
  type PassCount,
  passCounts,
  type ScoredTask,
} from './pass-at.ts'
export { listNames, type OutputScore, type SubmissionScore, scoreSubmission } from './score.ts'
export { readSolutions, type Solutions } from './solutions.ts'
export {
  type AskedTask,
  type Attempts,
  formatSubmission,
  readSubmission,
  readSubmissionFolder,
  type Submission,
  submissionOf,
} from './submission.ts'
export {
  type ArcPrediction,
  type ArcVote,
  ArcVotes,
  type CanvasPrediction,
  restorePrediction,
} from './vote.ts'
