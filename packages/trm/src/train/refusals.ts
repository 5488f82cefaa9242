/** What training refuses: weights of another architecture, other data, and a loss that has left all bounds. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { TrainedModel } from '../evaluate/thinker.ts'
import type { ModelConfig } from '../models/config.ts'
import { weightTypes } from '../models/weights.ts'

/** A loss beyond this is no longer learning: chance level is about log V. */
export const explodedLoss = 1_000

/** The weights of a model to begin with; refuses a model of another architecture. */
export function weightsOf(
  { weights }: Pick<TrainedModel, 'weights'>,
  config: ModelConfig,
): TrainedModel['weights'] {
  for (const [name, { shape }] of Object.entries(weightTypes(config))) {
    const got = weights[name]?.shape
    if (got?.join() === shape.join()) continue
    throw new InputError({
      who: 'the model to start from',
      expected: `the weight ${name} [${shape}], as the recipe says`,
      got: got ? `[${got}]` : 'none with that name',
      hint: 'Start from a model of the same architecture: the same kind, mixer and widths.',
    })
  }
  return weights
}

export function otherData(expected: string, got: string): InputError {
  return new InputError({
    who: 'resume',
    expected: `the training data of the run (checksum ${expected})`,
    got: `other data (checksum ${got})`,
    hint: 'Use the same data file and settings, or start a new run.',
  })
}

/** The loss has left all bounds: the same recipe would do so again. */
export class Divergence extends InputError {
  readonly step: number

  constructor(step: number, loss: number, gradientNorm: number) {
    super({
      who: `training step ${step}`,
      expected: `a finite loss below ${explodedLoss} and finite gradients`,
      got: `loss ${loss}, gradient norm ${gradientNorm}`,
      hint: 'Training diverged; everything the run has saved is from before. Start another with a lower optimizer.learningRate or a longer warm-up.',
    })
    this.step = step
  }
}
