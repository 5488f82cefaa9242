/** Figures of the ARC vote as text. */
import { type ArcFigures, passCounts } from '@tiny-recursive-models/trm/evaluate/arc'
import { grouped, percent, plural } from '@tiny-recursive-models/trm/format'
import { formatTable } from './table.ts'

/** @param ways what was voted on, such as `all 16 steps`, and what came of it */
export function describeArc(ways: readonly (readonly [name: string, figures: ArcFigures])[]): string {
  const [first] = ways
  if (first === undefined) return ''
  const { tasks, testInputs, predictions, passAt } = first[1]
  const votes = `vote of ${plural(predictions, 'prediction')}`
  if (passAt === null) return `${votes}: no solutions for any task, so there is nothing to score`
  const rows = ways.map(([name, figures]) => [
    name,
    ...passCounts.map((count) => percent(figures.passAt?.[count], 2)),
  ])
  return [
    `${votes} on ${plural(testInputs, 'test input')} of ${plural(tasks, 'task')}:`,
    formatTable(['', ...passCounts.map((count) => `pass@${grouped(count)}`)], rows, [1, 2, 3, 4, 5, 6]),
  ].join('\n')
}
