import type { ModelInput } from './model.ts'
import type { NoiseInput } from './noise.ts'
import type { OptimizerInput } from './optimizer.ts'
import type { TrainingInput } from './training.ts'

/** A recipe as a puzzle family ships it, under its name; keys with a default can be left out. */
export interface RecipeDraft<Data = unknown> {
  readonly description: string
  readonly model: ModelInput
  /** Of one of the family's own sources. */
  readonly data: Data
  /** None, unless said otherwise. */
  readonly noise?: NoiseInput
  readonly optimizer: OptimizerInput
  readonly training: TrainingInput
}
