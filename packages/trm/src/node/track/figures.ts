/** Which figures of a run trackers are told, and by which names: `train/loss`, `validation/exactAccuracy`. */
import type { RunReport } from '../../evaluate/run-facts.ts'
import type { RecordedEvent } from '../run-events.ts'
import { isReport } from '../run-report.ts'

/** The figures of each kind of event; an event of another kind has none. */
const figuresOfEvent: Readonly<Record<string, readonly string[]>> = {
  step: [
    'loss',
    'answerLoss',
    'haltLoss',
    'continueLoss',
    'exactAccuracy',
    'cellAccuracy',
    'haltAccuracy',
    'meanSteps',
    'learningRate',
    'gradientNorm',
  ],
  evaluation: ['exactAccuracy', 'cellAccuracy', 'validAccuracy'],
}

const groups: Readonly<Record<string, string>> = { step: 'train', evaluation: 'validation' }

/** The figures of an event by their names; null where it has none. What was not measured is left out. */
export function figuresOf(event: RecordedEvent): Record<string, number> | null {
  if (event.type === 'report' && isReport(event.report)) return figuresOfReport(event.report)
  const keys = figuresOfEvent[event.type]
  if (keys === undefined) return null
  return finite(keys.map((key): [string, unknown] => [`${groups[event.type]}/${key}`, event[key]]))
}

export function figuresOfReport({ test, trainingSeconds, trainingFlop }: RunReport): Record<string, number> {
  return finite([
    ['test/exactAccuracy', test?.full.exactAccuracy],
    ['test/cellAccuracy', test?.full.cellAccuracy],
    ['test/validAccuracy', test?.full.validAccuracy],
    ['test/earlyAccuracy', test?.early.exactAccuracy],
    ['test/meanSteps', test?.early.meanSteps],
    ['trainingSeconds', trainingSeconds],
    ['trainingFlop', trainingFlop],
  ])
}

const finite = (entries: readonly (readonly [string, unknown])[]): Record<string, number> =>
  Object.fromEntries(
    entries.filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]),
    ),
  )
