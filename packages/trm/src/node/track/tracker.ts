/** What the programs in which people follow runs have in common; each is one file beside this one. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { Recipe } from '../../recipes/schema.ts'

/** The run that a tracker is told of. */
export interface TrackedRun {
  /** The name of its folder. */
  readonly name: string
  readonly folder: string
  readonly recipe: Recipe
  /** The step that it goes on from; null for a new run, or one that is told of from its beginning. */
  readonly resumedFrom: number | null
  /** Milliseconds since 1970. */
  readonly startedMs: number
}

/** Figures of one moment of a run: finite numbers by their names (`train/loss`). */
export interface TrackedFigures {
  /** The optimiser step. */
  readonly step: number
  /** Milliseconds since 1970. */
  readonly timeMs: number
  readonly values: Readonly<Record<string, number>>
}

/** How a run ended, as far as this call is concerned. */
export type TrackedEnd = 'done' | 'stopped' | 'failed'

/** One program that runs are told to. What it throws stops no run: it is asked again later. */
export interface Tracker {
  begin(run: TrackedRun): Promise<void>
  /** In the order in which they were measured. */
  record(figures: readonly TrackedFigures[]): Promise<void>
  end(end: TrackedEnd): Promise<void>
  /** Lets go of files and processes, also where the others were not called or failed. */
  close(): Promise<void>
}

/** Which tracker, as plain data. */
export type TrackerChoice =
  | { readonly kind: 'tensorboard' }
  | { readonly kind: 'mlflow'; readonly url: string }
  | { readonly kind: 'wandb' }

/** What can be written after `--track`, and what it means. */
export const trackerForms: Readonly<Record<TrackerChoice['kind'], string>> = {
  tensorboard: 'tensorboard',
  mlflow: 'mlflow=URL',
  wandb: 'wandb',
}

/** As it is written, without a password. */
export function trackerName(choice: TrackerChoice): string {
  if (choice.kind !== 'mlflow') return choice.kind
  const shown = new URL(choice.url)
  shown.username = ''
  shown.password = ''
  return `mlflow=${shown.href}`
}

/**
 * Reads `tensorboard`, `mlflow=URL` or `wandb`.
 * @throws InputError if it is none of them
 */
export function parseTracker(text: string): TrackerChoice {
  if (text === 'tensorboard' || text === 'wandb') return { kind: text }
  const url = /^mlflow=(.*)$/s.exec(text)?.[1]
  if (url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url)) return { kind: 'mlflow', url }
  throw new InputError({
    who: 'tracker',
    expected: Object.values(trackerForms).join(', '),
    got: JSON.stringify(text),
    hint: 'For example: tensorboard, or mlflow=http://127.0.0.1:5000.',
  })
}

/** A recipe as settings with one name each, `model.width`; values that are no single ones as JSON. */
export function flatSettings(recipe: Recipe): Record<string, string | number | boolean> {
  const { format: _format, description: _description, ...rest } = recipe
  const entries = Object.entries(rest).flatMap(([section, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, inner]): [string, unknown] => [`${section}.${key}`, inner])
      : [[section, value]],
  )
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      return [key, isPlain ? value : (JSON.stringify(value) ?? 'null')]
    }),
  )
}
