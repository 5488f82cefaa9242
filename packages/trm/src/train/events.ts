import type { TrainingState } from '../checkpoint/training-state.ts'
import type { EndReason } from '../evaluate/run-facts.ts'
import type { Precision } from '../models/precision.ts'

/** The events of a training run. Shares are 0 to 1; null where no puzzle was finished. */
export type TrainingEvent =
  | {
      readonly type: 'start'
      readonly step: number
      readonly totalSteps: number
      readonly parameters: number
      readonly batch: number
      readonly microBatch: number
      /** Processes among which the batch is divided; absent where it is one. */
      readonly ranks?: number
      readonly executor: string
      readonly precision: Precision
      /** The executor does not multiply in this precision: it rounds float32, which is slower than float32 alone. */
      readonly isEmulated: boolean
      readonly trainingPuzzles: number
      readonly validationPuzzles: number
    }
  | {
      readonly type: 'step'
      readonly step: number
      readonly totalSteps: number
      /** Mean over the slots: answer loss + ½ halting loss + ½ continue loss. */
      readonly loss: number
      readonly answerLoss: number
      readonly haltLoss: number
      /** 0 where the model has no continue loss. */
      readonly continueLoss: number
      /** Puzzles that halted in this step; the next four are over them. */
      readonly finished: number
      readonly exactAccuracy: number | null
      readonly cellAccuracy: number | null
      readonly haltAccuracy: number | null
      readonly meanSteps: number | null
      readonly learningRate: number
      readonly gradientNorm: number
      /** Time of all training steps of the run so far, evaluations left out. */
      readonly elapsedMs: number
    }
  | {
      readonly type: 'evaluation'
      readonly step: number
      readonly split: 'validation'
      readonly puzzles: number
      /** Over the puzzles whose answer is known; null where there are none. */
      readonly exactAccuracy: number | null
      readonly cellAccuracy: number | null
      /** Share of valid answers, where there is a rule that tells; see EvaluationOptions.isValid. */
      readonly validAccuracy: number | null
      /** Exact accuracy after each supervision step; empty where no answer is known. */
      readonly exactByStep: readonly number[]
      readonly elapsedMs: number
      readonly best: boolean
    }
  | {
      readonly type: 'checkpoint'
      readonly step: number
      readonly reason: 'interval' | 'best' | 'stop' | 'end'
      readonly state: TrainingState
    }
  | { readonly type: 'stopped'; readonly step: number }
  | {
      readonly type: 'done'
      readonly step: number
      readonly reason: EndReason
      readonly elapsedMs: number
    }
