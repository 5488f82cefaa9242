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
      'make up to this many attempts, until an answer follows the rules',
      wholeNumber(1, 10_000),
    )
    .option('--symmetries', 'from the second attempt on, solve rotated, mirrored or relabelled copies')
    .addOption(
      new Option('--vote', 'take the most frequent answer of all attempts, without checking the rules'),
    )
    .option('--seed <number>', 'seed of the noise and the copies (default: 0)', wholeNumber(0, 2 ** 32 - 1))
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
    got: attempts === undefined ? 'no --attempts' : `--attempts ${attempts}`,
    hint: 'Add --attempts 8.',
  })
}
