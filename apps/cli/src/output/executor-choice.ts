import { significant } from '@tiny-recursive-models/trm/format'
import {
  type ExecutorChoiceEvent,
  type ExecutorName,
  executorNames,
  type Speeds,
} from '@tiny-recursive-models/trm/node'

/** Which executor was taken, and why, in one line. */
export function describeChoice({
  executor,
  work,
  speeds,
  isRemembered,
}: Extract<ExecutorChoiceEvent, { type: 'chosen' }>): string {
  const when = isRemembered ? 'measured before' : 'measured now'
  const taken = significant(speeds[executor] ?? Number.NaN)
  return `computing with ${executor}: ${taken} ms for ${work}, ${describeSpeeds(speeds, executor)} (${when})`
}

/** "wasm 12 ms, onnxruntime 15 ms". @param leftOut one that is named elsewhere */
export const describeSpeeds = (speeds: Speeds, leftOut?: ExecutorName): string =>
  executorNames
    .flatMap((name) => {
      const milliseconds = speeds[name]
      return name === leftOut || milliseconds === undefined ? [] : [`${name} ${significant(milliseconds)} ms`]
    })
    .join(', ')
