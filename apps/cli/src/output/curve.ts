/** curve.svg: the course of a run, loss above and exact accuracy below, over the steps. */
import { join } from 'node:path'
import { significant } from '@tiny-recursive-models/trm/format'
import { openRunFolder, type RecordedEvent } from '@tiny-recursive-models/trm/node'
import { condense } from './chart.ts'
import { writeText } from './files.ts'
import { escapeXml, svgFile } from './svg.ts'

export interface Course {
  readonly loss: readonly Point[]
  /** Of the puzzles that finished in a step, training. */
  readonly training: readonly Point[]
  readonly validation: readonly Point[]
}

type Point = readonly [step: number, value: number]

/** What the recorded events say about loss and accuracy. */
function courseOf(events: readonly RecordedEvent[]): Course {
  const points = (type: string, key: string): Point[] =>
    events.flatMap((event) => {
      const value = event[key]
      return event.type === type && event.step !== undefined && typeof value === 'number'
        ? [[event.step, value] as const]
        : []
    })
  return {
    loss: points('step', 'loss'),
    training: points('step', 'exactAccuracy'),
    validation: points('evaluation', 'exactAccuracy'),
  }
}

/** The course of the run in a folder. */
export async function readCourse(folder: string): Promise<Course> {
  return courseOf(await (await openRunFolder(folder)).readEvents())
}

/** Writes curve.svg into the run folder and returns its path; null, and nothing is written, before the second step. */
export async function writeCurve(folder: string, course: Course): Promise<string | null> {
  if (course.loss.length < 2) return null
  const path = join(folder, 'curve.svg')
  await writeText(path, drawCurve(course, (await openRunFolder(folder)).recipe.name))
  return path
}

const width = 720
const panel = { left: 64, right: 20, height: 180, gap: 56, top: 48 }
/** Points of a line; more cannot be told apart at this width. */
const maxPoints = 400

/** The drawing as SVG text. */
export function drawCurve({ loss, training, validation }: Course, title: string): string {
  const lastStep = Math.max(1, ...loss.map(([step]) => step))
  const across = (step: number) => panel.left + ((width - panel.left - panel.right) * step) / lastStep
  const lossTop = panel.top
  const accuracyTop = panel.top + panel.height + panel.gap
  const height = accuracyTop + panel.height + 44

  const logs = loss.map(([, value]) => Math.log10(Math.max(value, 1e-6)))
  const low = Math.floor(Math.min(...logs) * 2) / 2
  const high = Math.max(low + 0.5, Math.ceil(Math.max(...logs) * 2) / 2)
  const lossDown = (value: number) =>
    lossTop + (panel.height * (high - Math.log10(Math.max(value, 1e-6)))) / (high - low)
  const accuracyDown = (value: number) => accuracyTop + panel.height * (1 - value)

  const line = (points: readonly Point[], down: (value: number) => number, style: string) =>
    points.length === 0
      ? ''
      : `<polyline fill="none" ${style} points="${thin(points)
          .map(([step, value]) => `${across(step).toFixed(1)},${down(value).toFixed(1)}`)
          .join(' ')}"/>`
  const level = (y: number, label: string) =>
    `<line x1="${panel.left}" x2="${width - panel.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="#ddd"/>` +
    `<text x="${panel.left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${label}</text>`
  const halves = Array.from(
    { length: Math.round((high - low) * 2) + 1 },
    (_, index) => 10 ** (low + index / 2),
  )
  const dots = validation
    .map(
      ([step, value]) =>
        `<circle cx="${across(step).toFixed(1)}" cy="${accuracyDown(value).toFixed(1)}" r="3" fill="#b5341f"/>`,
    )
    .join('')

  return svgFile({ width, height, fontSize: 12 }, [
    `<text x="${panel.left}" y="24" font-size="16">${escapeXml(title)}</text>`,
    `<text x="${panel.left}" y="${lossTop - 6}">loss (logarithmic)</text>`,
    ...halves.map((value) => level(lossDown(value), significant(value))),
    line(loss, lossDown, 'stroke="#2b5d8a" stroke-width="1.5"'),
    `<text x="${panel.left}" y="${accuracyTop - 6}">exact accuracy: validation (dots), training (thin)</text>`,
    ...[0, 0.25, 0.5, 0.75, 1].map((value) => level(accuracyDown(value), `${100 * value} %`)),
    line(training, accuracyDown, 'stroke="#e0a899" stroke-width="1"'),
    `${line(validation, accuracyDown, 'stroke="#b5341f" stroke-width="2"')}${dots}`,
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (share) =>
        `<text x="${across(share * lastStep).toFixed(1)}" y="${accuracyTop + panel.height + 18}" text-anchor="middle">${Math.round(share * lastStep)}</text>`,
    ),
    `<text x="${(panel.left + width - panel.right) / 2}" y="${height - 8}" text-anchor="middle">steps</text>`,
  ])
}

function thin(points: readonly Point[]): Point[] {
  const steps = condense(
    points.map(([step]) => step),
    maxPoints,
  )
  const values = condense(
    points.map(([, value]) => value),
    maxPoints,
  )
  return steps.map((step, index) => [step, values[index]!])
}
