/** Files of a run, with the names that they have in a run folder. */
import { decodeTrainingState, InputError, type TrainingState } from '@tiny-recursive-models/trm'
import { tensorsOf } from '@tiny-recursive-models/trm/checkpoint'
import { isGenerated } from '../puzzles/generate.ts'

export const stateFileName = (step: number): string => `step-${String(step).padStart(6, '0')}.safetensors`

/** A state that a page can go on from. Throws where the file is not one; `name` is the file's. */
export function readStateFile(bytes: Uint8Array, name: string): TrainingState {
  const state = decodeTrainingState(bytes, name)
  const { data, training } = state.recipe
  if (tensorsOf(state, 'moment1').size === 0 || state.slotDraws.length !== training.batch)
    throw new InputError({
      who: name,
      expected: 'a training checkpoint, such as checkpoints/step-000100.safetensors',
      got: 'a model file, which holds only the weights',
      hint: 'Open it on the Think page; to continue training, load the checkpoint saved with it.',
    })
  if (!isGenerated(data))
    throw new InputError({
      who: name,
      expected: 'a run on puzzles that are generated',
      got: `a run on files (data.kind is ${data.kind})`,
      hint: 'A page cannot read those files: resume it with `trm train --resume`.',
    })
  return state
}
