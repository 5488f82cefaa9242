/** Options that say how much a model may think; see `Effort`. */
import { type Effort, InputError } from '@tiny-recursive-models/trm'
import { type Command, Option } from 'commander'
import { given, wholeNumber } from './options.ts'

export interface EffortOptions {
  readonly attempts?: number
  readonly symmetries?: true
  readonly vote?: true
  readonly seed?: number
}

/** Adds them to a command. */
export function addEffortOptions(command: Command): Command {
  return command
    .option(
      '--attempts <count>',
      'try so often, until the rule of the puzzle finds an answer right',
      wholeNumber(1, 10_000),
    )
    .option('--symmetries', 'attempts from the second on are at turned, mirrored or renamed copies')
    .addOption(new Option('--vote', 'take the most frequent answer of all attempts, and check no rule'))
    .option('--seed <number>', 'of the noise and the copies (default: 0)', wholeNumber(0, 2 ** 32 - 1))
}

/** What several attempts are made with; refuses options that say nothing without them. */
export function attemptsEffort({ attempts, symmetries, vote, seed }: EffortOptions): Partial<Effort> | null {
  if (attempts !== undefined && attempts > 1) {
    return {
      attempts,
      ...(vote && { pick: 'vote', accept: 'nothing' }),
      ...given('symmetries', symmetries),
      ...given('seed', seed),
    }
  }
  const alone = symmetries ? '--symmetries' : vote ? '--vote' : seed !== undefined ? '--seed' : null
  if (alone === null) return null
  throw new InputError({
    who: alone,
    expected: 'several attempts',
    got: attempts === undefined ? 'none asked for' : `--attempts ${attempts}`,
    hint: 'Add --attempts 8.',
  })
}
