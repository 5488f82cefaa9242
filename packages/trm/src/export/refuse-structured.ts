import { InputError } from '@tiny-recursive-models/tensor'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { isStructured } from '../models/config.ts'

/** Of the formats of other programs: models that no published code knows, or that are shown noise in every step. */
export function refuseStructured({ config }: TrainedModel, format: string): void {
  if (!isStructured(config) && config.answerInput !== 'noisy') return
  throw new InputError({
    who: `export as ${format}`,
    expected: "a model with the mixer 'mlp' or 'attention' that sees only the question",
    got: `one with the mixer '${config.mixer}'${config.answerInput === 'noisy' ? ' that sees noisy answers' : ''}`,
    hint: 'Export it as safetensors, which stores the recipe; this library can open that file.',
  })
}
