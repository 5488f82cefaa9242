/** Learning and thinking in one picture: evaluations over training × supervision steps, by exact accuracy. */
import type { Evaluation, RunView } from '../charts/series.ts'

export interface StepMap {
  /** The evaluations that are shown, by training. */
  readonly across: readonly Pick<Evaluation, 'step' | 'exactByStep' | 'puzzles'>[]
  /** The supervision steps that are shown, from 1. */
  readonly down: readonly number[]
}

/** More are not told apart on a screen. */
const most = { across: 48, down: 32 }

/** Null where there is nothing to compare: fewer than two evaluations, or none of more than one step. */
export function stepMapOf({ evaluations }: Pick<RunView, 'evaluations'>, limits = most): StepMap | null {
  const steps = Math.max(0, ...evaluations.map(({ exactByStep }) => exactByStep.length))
  if (evaluations.length < 2 || steps < 2) return null
  return {
    across: evenly(evaluations, limits.across),
    down: evenly(
      Array.from({ length: steps }, (_, index) => index + 1),
      limits.down,
    ),
  }
}

/** All evaluations and steps, whatever is shown. */
export function stepMapCsv({ evaluations }: Pick<RunView, 'evaluations'>): string {
  const rows = evaluations.flatMap(({ step, exactByStep }) =>
    exactByStep.map((share, index) => `${step},${index + 1},${share}`),
  )
  return ['training step,supervision step,exact accuracy', ...rows, ''].join('\n')
}

/** How strongly a cell is coloured, 0 to 1; null where the evaluation has no such step. */
export const shareAt = ({ exactByStep }: Pick<Evaluation, 'exactByStep'>, step: number): number | null => {
  const share = exactByStep[step - 1]
  return share !== undefined && Number.isFinite(share) ? share : null
}

/** Of the bold letters of a title, on average at most. */
const letterWidth = 9

const [left, top] = [48, 48]

/** A drawing of its own, in the colours that the page has now. */
export function stepMapSvg(
  { across, down }: StepMap,
  title: string,
  colourOf: (name: string) => string,
): string {
  const [ink, soft, paper, fill] = ['--ink', '--ink-soft', '--surface', '--series-1'].map(colourOf)
  const width = Math.max(420, left + across.length * 18 + 20, 16 + letterWidth * title.length)
  // As on the page, few evaluations take the width that there is.
  const cellWidth = Math.floor((width - left - 20) / across.length)
  const cellHeight = Math.max(18, Math.min(28, Math.floor(192 / down.length)))
  const height = top + down.length * cellHeight + 64
  const text = (x: number, y: number, content: string | number, more = ''): string =>
    `<text x="${x}" y="${y}" ${more}>${escaped(String(content))}</text>`
  const cells = across.flatMap((evaluation, column) =>
    down.flatMap((step, row) => {
      const share = shareAt(evaluation, step)
      if (share === null) return []
      const [x, y] = [left + column * cellWidth, top + row * cellHeight]
      const words = `training step ${evaluation.step}, supervision step ${step}: ${(100 * share).toFixed(1)} %`
      return `<rect x="${x}" y="${y}" width="${cellWidth - 1}" height="${cellHeight - 1}" fill="${fill}" fill-opacity="${share.toFixed(3)}" stroke="${soft}" stroke-opacity="0.25"><title>${words}</title></rect>`
    }),
  )
  const bottom = top + down.length * cellHeight
  const every = Math.ceil(across.length / 8)
  const marks = across.flatMap(({ step }, column) =>
    column % every === 0
      ? text(left + (column + 0.5) * cellWidth, bottom + 14, step, 'text-anchor="middle"')
      : [],
  )
  const legend = [0, 0.25, 0.5, 0.75, 1].map(
    (share, index) =>
      `<rect x="${left + index * 60}" y="${bottom + 36}" width="14" height="14" fill="${fill}" fill-opacity="${share}" stroke="${soft}"/>${text(left + index * 60 + 19, bottom + 48, `${100 * share} %`)}`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="${soft}">
<rect width="${width}" height="${height}" fill="${paper}"/>
${text(8, 18, title, `font-size="14" font-weight="600" fill="${ink}"`)}
${text(8, 36, 'down: supervision steps; across: training steps')}
${down.map((step, row) => text(left - 8, top + row * cellHeight + cellHeight / 2 + 4, step, 'text-anchor="end"')).join('\n')}
${cells.join('\n')}
${[...marks, ...legend].join('\n')}
</svg>
`
}

/** The first, the last, and as many between as there is room for. */
export function evenly<Value>(values: readonly Value[], count: number): readonly Value[] {
  if (values.length <= count) return values
  return Array.from(
    { length: count },
    (_, index) => values[Math.round((index * (values.length - 1)) / (count - 1))]!,
  )
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
