/** The library names its settings by their keys; where a command has an option for one, its errors name the option. */
import { InputError } from '@tiny-recursive-models/tensor/errors'

type Word = readonly [written: RegExp, said: string]

/** By the command: how the library writes it, and how the command line says it. */
const flags: Readonly<Record<string, readonly Word[]>> = {
  train: [[/\btraining\.steps\b/g, '--steps']],
  'bench paper': [[/\btraining\.steps\b/g, '--steps']],
  'data arc': [
    [/--set data\.path=/g, '--from '],
    [/With data\.allowLeak=true/g, 'With --allow-leak'],
    [/\bdata\.path\b/g, '--from'],
    [/\bdata\.longestSide\b/g, '--longest-side'],
    [/\bdata\.(subsets|test|augmentations|canvas|seed)\b/g, '--$1'],
  ],
}

/**
 * The error in the words of the command line.
 *
 * @param words the command as it was typed, without `trm`
 */
export function inFlags(error: unknown, words: readonly string[]): unknown {
  if (!(error instanceof InputError)) return error
  const [first = '', second = ''] = words
  const known = flags[`${first} ${second}`] ?? flags[first]
  if (known === undefined) return error
  const say = (text: string) => known.reduce((said, [written, flag]) => said.replace(written, flag), text)
  const { who, expected, got, hint } = error
  return new InputError(
    { who: say(who), expected: say(expected), got: say(got), hint: say(hint) },
    { cause: error.cause },
  )
}
