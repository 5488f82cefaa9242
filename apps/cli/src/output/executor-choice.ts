import { significant } from '@tiny-recursive-models/trm/format'
import type { ExecutorChoiceEvent } from '@tiny-recursive-models/trm/node'

/** Which executor was taken, and why, in one line. */
export function describeChoice({
  executor,
  work,
  speeds,
  isRemembered,
}: Extract<ExecutorChoiceEvent, { type: 'chosen' }>): string {
  const other = executor === 'wasm' ? 'onnxruntime' : 'wasm'
  const when = isRemembered ? 'measured before' : 'measured now'
  return `computing with ${executor}: ${significant(speeds[executor])} ms for ${work}, ${other} ${significant(speeds[other])} ms (${when})`
}
