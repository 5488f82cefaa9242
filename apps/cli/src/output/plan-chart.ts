/** Where the time of a step goes, as bars: every kind of work, and under it the steps that take longest. */
import { type PlannedProgram, similarSteps, type WorkKind, workKinds } from '@tiny-recursive-models/tensor'
import { percent, significant } from '@tiny-recursive-models/trm/format'
import { kindsOfWork, totalMs } from './plan-table.ts'
import { describeStep, kindNames } from './plan-words.ts'
import { escapeXml, svgFile } from './svg.ts'

const width = 860
const left = 24
const labelWidth = 470
const right = 130
const rowHeight = 24
const shownSteps = 12
const longestLabel = 72

const colours: Readonly<Record<WorkKind, string>> = {
  product: '#2b5d8a',
  elementwise: '#d98c2b',
  reduction: '#7a9e3b',
  copy: '#999999',
  rows: '#8a4f9e',
}

/** A program with its runs in a step. */
export interface ChartedProgram {
  readonly plan: PlannedProgram
  readonly runs: number
}

/** The drawing as SVG text. @param title what the programs are of */
export function drawPlanChart(title: string, programs: readonly ChartedProgram[]): string {
  const parts = programs.flatMap(({ plan, runs }) =>
    similarSteps(plan).map((group) => ({ ...group, ms: runs * (group.ms ?? 0) })),
  )
  const total = programs.reduce((sum, { plan, runs }) => sum + runs * (totalMs(plan.steps) ?? 0), 0)
  const longest = parts.sort((a, b) => b.ms - a.ms).slice(0, shownSteps)
  const shares = workKinds.flatMap((kind) => {
    const ms = programs.reduce(
      (sum, { plan, runs }) => sum + runs * (kindsOfWork(plan).find((work) => work.kind === kind)?.ms ?? 0),
      0,
    )
    return ms > 0 ? [{ kind, ms }] : []
  })
  let from = left
  const inAll = shares.map(({ kind, ms }) => {
    const length = ((width - 2 * left) * ms) / total
    const bar = `<rect x="${from.toFixed(1)}" y="56" width="${length.toFixed(1)}" height="26" fill="${colours[kind]}"/>`
    from += length
    return bar
  })
  const legend = shares.map(({ kind, ms }, index) => {
    const [x, y] = [left + (index % 3) * 280, 104 + Math.floor(index / 3) * 20]
    return (
      `<rect x="${x}" y="${y - 10}" width="12" height="12" fill="${colours[kind]}"/>` +
      `<text x="${x + 18}" y="${y}">${kindNames[kind]}: ${percent(ms / total)}</text>`
    )
  })
  const top = 160
  const most = longest[0]?.ms ?? 1
  const bars = longest.map((group, index) => {
    const y = top + index * rowHeight
    const { what, size } = describeStep(group)
    const label = `${size} ${what}`.trim()
    const shown = label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label
    const length = ((width - left - labelWidth - right) * group.ms) / most
    return (
      `<text x="${left}" y="${y + 15}" font-size="12">${escapeXml(shown)}</text>` +
      `<rect x="${left + labelWidth}" y="${y + 4}" width="${length.toFixed(1)}" height="${rowHeight - 8}" fill="${colours[group.kind]}"/>` +
      `<text x="${(left + labelWidth + length + 8).toFixed(1)}" y="${y + 15}" font-size="12">${significant(group.ms)} ms, ${percent(group.ms / total)}</text>`
    )
  })
  const height = top + longest.length * rowHeight + 20
  const heading = `${title}: ${significant(total)} ms`
  return svgFile({ width, height, fontSize: 13, title: heading }, [
    `<text x="${left}" y="34" font-size="16">${escapeXml(heading)}</text>`,
    ...inAll,
    ...legend,
    ...bars,
  ])
}
