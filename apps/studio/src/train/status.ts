/** One sentence about where a run is, for the reader and for who listens to the page. */
import { grouped, percent } from '@tiny-recursive-models/trm/format'
import type { Evaluation } from '../charts/series.ts'
import type { Puzzles, Status } from './phase.ts'

export interface RunPlace {
  readonly status: Status
  /** Null where none are being made. */
  readonly puzzles: Puzzles | null
  readonly series: { readonly evaluations: readonly Evaluation[]; readonly endReason: string | null }
  readonly executor: string | null
  readonly state: { readonly step: number } | null
  readonly keptSince: Date | null
  readonly opened: { readonly name: string } | null
}

export function describeStatus(place: RunPlace): string {
  const { status, puzzles, series, executor, state, keptSince, opened } = place
  const evaluated = describeEvaluation(series.evaluations.at(-1))
  switch (status) {
    case 'empty':
      return ''
    case 'starting':
      // Their number stands beside the bar: whoever listens to the page would hear every one.
      if (puzzles) return 'Generating puzzles…'
      return executor === null ? 'Measuring how fast it trains here…' : 'Building the training program…'
    case 'training':
      return evaluated === '' ? `Training on ${executor}.` : `Training. ${evaluated}`
    case 'pausing':
      return puzzles ? 'Pausing when the puzzles are generated…' : 'Pausing after the current step…'
    case 'paused':
      return `${pausedSentence(state, keptSince, opened)} ${evaluated}`.trim()
    case 'done':
      return `Done. ${evaluated}`.trim()
    case 'failed':
      return state ? 'Stopped by an error. It can resume from the last checkpoint.' : 'Stopped by an error.'
  }
}

function pausedSentence(
  state: { readonly step: number } | null,
  keptSince: Date | null,
  opened: { readonly name: string } | null,
): string {
  const place = state ? ` after step ${grouped(state.step)}` : ''
  if (opened) return `Loaded from ${opened.name}, ready to resume${place}.`
  if (keptSince) return `Saved in this browser since ${describeTime(keptSince)}, ready to resume${place}.`
  return `Paused${place}.`
}

const describeTime = (time: Date): string =>
  time.toLocaleString('en', {
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })

function describeEvaluation(evaluation: Evaluation | undefined): string {
  if (!evaluation) return ''
  const { step, exactAccuracy, puzzles } = evaluation
  return `After step ${grouped(step)} it solved ${percent(exactAccuracy)} of ${grouped(puzzles)} validation puzzles.`
}
