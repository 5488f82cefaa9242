import { parseTracker, type TrackerChoice, trackerForms } from '@tiny-recursive-models/trm/node'
import { Option } from 'commander'
import { usage } from './options.ts'

/** `--track tensorboard`, as often as wanted. */
export const trackOption = (): Option =>
  new Option(
    '--track <tracker>',
    `follow the run elsewhere too (repeatable): ${Object.values(trackerForms).join(', ')}`,
  ).argParser((text: string, before: readonly TrackerChoice[] = []): readonly TrackerChoice[] => [
    ...before,
    usage(() => parseTracker(text)),
  ])
