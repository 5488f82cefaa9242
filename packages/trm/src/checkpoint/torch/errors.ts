import { InputError } from '@tiny-recursive-models/tensor'

/** A file whose bytes contradict each other. */
export function damaged(who: string, expected: string, got: string): InputError {
  return new InputError({
    who,
    expected,
    got,
    hint: 'The file is damaged or not a PyTorch checkpoint: copy it again.',
  })
}

/** A sound file that holds more than weights, or other things. */
export function refused(who: string, expected: string, got: string): InputError {
  return new InputError({
    who,
    expected,
    got,
    hint: 'Only weights are read and nothing is executed: in PyTorch, save a plain state dict with torch.save(model.state_dict(), FILE).',
  })
}

/** A text out of a file, as it may stand in a message. */
export function show(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}…`)
}
