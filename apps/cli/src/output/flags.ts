/** The library names its settings by their keys; where a command has an option for one, its errors name the option. */
import { InputError } from '@tiny-recursive-models/tensor/errors'

type Word = readonly [written: RegExp, said: string]

/** Options of the library's functions, which its errors name in backticks: `replace: true`. */
export const optionFlags: Readonly<Record<string, string>> = {
  cells: '--cells',
  checkpoint: '--checkpoint',
  config: '--config',
  device: '--device',
  dtype: '--dtype',
  executor: '--executor',
  format: '--format',
  operators: '--standard',
  out: '--out',
  overrides: '--set',
  prefix: '--prefix',
  random: '--random',
  replace: '--force',
  resume: '--resume',
  row: '--row',
  steps: '--steps',
  withoutPuzzleTable: '--without-puzzle-table',
}

/** Options that are given to the command line without a value. */
const withoutValue: ReadonlySet<string> = new Set(['operators', 'replace', 'resume', 'withoutPuzzleTable'])

const saidAsFlag = (written: string, option: string, value: string | undefined): string => {
  const flag = optionFlags[option]
  if (flag === undefined) return written
  return value === undefined || withoutValue.has(option) ? flag : `${flag} ${value}`
}

/** A shell takes quotes and braces for its own. */
const saidAsSetting = (_: string, setting: string): string =>
  /^[\w.=-]+$/.test(setting) ? `--set ${setting}` : `--set '${setting}'`

/** What holds of every command. */
const sayOptions = (text: string): string =>
  text
    .replace(/\bSet (?=`[\w.]+=)/g, 'Use ')
    .replace(/\bset (?=`[\w.]+=)/g, 'use ')
    .replace(/`([\w.]+=[^`]+)`/g, saidAsSetting)
    .replace(/`(\w+)(?:: ([^`]+))?`/g, saidAsFlag)

/** Commands that help, which the library does not know. */
const further: readonly Word[] = [
  [/^Choose another device\.$/, 'Choose another device; `trm doctor` shows what works here.'],
  [/A data set is hf:datasets\/OWNER\/NAME\./, '$& `trm download --list` shows known names.'],
  [/a check of the file lists all such lines/, '`trm data check FILE` lists all such lines'],
]

/** By the command: how the library writes it, and how the command line says it. */
const flags: Readonly<Record<string, readonly Word[]>> = {
  train: [[/\btraining\.steps\b/g, '--steps']],
  explain: [
    [
      /^Take smaller micro-batches .*$/,
      'Take smaller micro-batches (--set training.microBatch=1), compute activations again in the backward pass (--set training.recompute=true), or use --plan, which runs nothing.',
    ],
  ],
  'bench paper': [[/\btraining\.steps\b/g, '--steps']],
  'data arc': [
    [/--force\b/g, '--replace'],
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
export function inFlags<Thrown>(error: Thrown, words: readonly string[]): Thrown | InputError {
  if (!(error instanceof InputError)) return error
  const [first = '', second = ''] = words
  const known = [...further, ...(flags[`${first} ${second}`] ?? flags[first] ?? [])]
  const say = (text: string) =>
    known.reduce((said, [written, flag]) => said.replace(written, flag), sayOptions(text))
  const { who, expected, got, hint } = error
  return new InputError(
    { who: say(who), expected: say(expected), got: say(got), hint: say(hint) },
    { cause: error.cause },
  )
}
