/** Values of options, checked while the command line is read: what is wrong here is wrong usage (exit code 2). */

import type { Device } from '@tiny-recursive-models/tensor'
import { InputError } from '@tiny-recursive-models/tensor/errors'
import {
  type ExecutorChoice,
  type ExecutorOptions,
  executorChoices,
  maxThreads,
  nodeDevices,
} from '@tiny-recursive-models/tensor/node'
import type { CheckpointChoice } from '@tiny-recursive-models/trm/node'
import { InvalidArgumentError, Option } from 'commander'

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
  }
}

/** `--set key=value`, as often as wanted. */
export const setOption = (): Option =>
  new Option(
    '--set <key=value>',
    'change a field of the recipe (repeatable); `trm recipes --fields` lists them',
  ).argParser((value: string, before: readonly string[] = []): readonly string[] => [...before, value])

function checkpointChoice(text: string): CheckpointChoice {
  if (text === 'best' || text === 'final' || text === 'latest') return text
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be best, final, latest or the step of a checkpoint.')
}

export const jsonOption = (what = 'print one JSON document'): Option => new Option('--json', what)

/** What the library finds wrong with an option is wrong usage. */
export function usage<Value>(parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw error instanceof InputError ? new InvalidArgumentError(error.message) : error
  }
}

/** For what a command writes in place of a file that is there. */
export const forceOption = (): Option => new Option('--force', 'overwrite an existing file')

/** Who computes, where and on how many threads. */
export interface ComputingOptions {
  readonly executor?: ExecutorChoice
  readonly device?: Device
  readonly threads?: number
}

export const executorOption = (): Option =>
  new Option('--executor <name>', 'what computes; see trm doctor (default: auto)').choices(executorChoices)

export const deviceOption = (): Option =>
  new Option('--device <name>', 'where it computes (default: cpu)').choices(nodeDevices)

/** What an executor is opened with. */
export const computingOf = ({ executor, device, threads }: ComputingOptions): ExecutorOptions => ({
  ...given('executor', executor),
  ...given('device', device),
  ...given('threads', threads),
})

/** @param otherwise how many there are where it is not given */
export const threadsOption = (otherwise = 'all cores'): Option =>
  new Option('--threads <count>', `threads on the CPU (default: ${otherwise})`).argParser(
    wholeNumber(1, maxThreads()),
  )

export const checkpointOption = (): Option =>
  new Option('--checkpoint <which>', 'best, final, latest or a step (default: the best available)').argParser(
    checkpointChoice,
  )

export const maxStepsOption = (): Option =>
  new Option('--max-steps <count>', 'most supervision steps (default: as in training)').argParser(
    wholeNumber(1, 4096),
  )

/** An option that was not given is left out, as `exactOptionalPropertyTypes` wants it. */
export function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value }
}
