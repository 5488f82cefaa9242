/** The plan of a compiled program on the terminal. */
import {
  type LivePlace,
  type PlannedProgram,
  type PlannedStep,
  similarSteps,
  workKinds,
} from '@tiny-recursive-models/tensor'
import { grouped, percent, plural, significant } from '@tiny-recursive-models/trm/format'
import { describeStep, kindNames, mebibytes, rateText } from './plan-words.ts'
import { formatTable } from './table.ts'

/** Time of all steps together; null where none was timed. */
export const totalMs = (steps: readonly Pick<PlannedStep, 'ms'>[]): number | null =>
  steps.some(({ ms }) => ms === null) ? null : steps.reduce((sum, { ms }) => sum + ms!, 0)

/** What a kind of work does and takes in a program. */
export interface KindOfWork {
  readonly kind: PlannedStep['kind']
  readonly steps: number
  readonly operationCount: number
  readonly touchedBytes: number
  readonly ms: number | null
}

export function kindsOfWork({ steps }: PlannedProgram): KindOfWork[] {
  return workKinds.flatMap((kind) => {
    const own = steps.filter((step) => step.kind === kind)
    const sum = (of: (step: PlannedStep) => number) => own.reduce((total, step) => total + of(step), 0)
    if (own.length === 0) return []
    return [
      {
        kind,
        steps: own.length,
        operationCount: sum(({ operationCount }) => operationCount),
        touchedBytes: sum(({ touchedBytes }) => touchedBytes),
        ms: totalMs(own),
      },
    ]
  })
}

/** @param rows of each table; of the list of steps too, which is only shown in full */
export function formatPlan(plan: PlannedProgram, runs: number, rows: number): string {
  const total = totalMs(plan.steps)
  const time =
    total === null
      ? ''
      : `, ${significant(total)} ms a run (every step as in the fastest of ${plural(plan.timedRuns, 'run')})`
  return [
    `program ${plan.name}, ${plural(runs, 'run')} a step: ${plural(plan.steps.length, 'step')}${time}`,
    memoryText(plan),
    formatKinds(plan, total),
    formatSimilar(plan, total, rows),
    formatPlaces(plan, rows),
  ].join('\n\n')
}

function memoryText({ memory }: PlannedProgram): string {
  const { arena, peak, peakStep, states, newStates, constants, code } = memory
  const all = arena + states + newStates + constants
  return [
    `memory: ${mebibytes(all)} MiB`,
    `  arena ${mebibytes(arena)} MiB, of which at most ${mebibytes(peak)} are needed at once, in step ${grouped(peakStep)}`,
    `  states ${mebibytes(states)}, their new values ${mebibytes(newStates)}, constants ${mebibytes(constants)} MiB; code ${grouped(code / 1024)} KiB`,
  ].join('\n')
}

/** A table without the columns that nothing was measured for. */
function formatMeasured(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string {
  const kept = header.flatMap((_, column) => (rows.some((row) => row[column] !== '') ? [column] : []))
  const of = (cells: readonly string[]) => kept.map((column) => cells[column]!)
  return formatTable(
    of(header),
    rows.map(of),
    right.map((column) => kept.indexOf(column)),
  )
}

const share = (ms: number | null, total: number | null): string =>
  ms === null || total === null || total === 0 ? '' : percent(ms / total)

const time = (ms: number | null): string => (ms === null ? '' : ms.toFixed(ms < 1 ? 3 : 1))

function formatKinds(plan: PlannedProgram, total: number | null): string {
  const rows = kindsOfWork(plan).map((work) => [
    kindNames[work.kind],
    share(work.ms, total),
    time(work.ms),
    grouped(work.steps),
    work.kind === 'product'
      ? `${significant(work.operationCount / 1e9)} GFLOP`
      : `${significant(work.touchedBytes / 1e9)} GB`,
    rateText(work),
  ])
  return formatMeasured(['kind of work', 'share', 'ms', 'steps', 'amount', 'rate'], rows, [1, 2, 3, 4, 5])
}

function formatSimilar(plan: PlannedProgram, total: number | null, most: number): string {
  const groups = similarSteps(plan)
  const rows = groups.slice(0, most).map((group) => {
    const { what, size } = describeStep(group)
    const { numbers, ms } = group
    return [share(ms, total), time(ms), `${numbers.length}`, `${numbers[0]}`, rateText(group), size, what]
  })
  const table = formatMeasured(
    ['share', 'ms', 'steps', 'first', 'rate', 'size', 'operations'],
    rows,
    [0, 1, 2, 3, 4],
  )
  return `${table}${remaining(groups.length, most, 'kind of step', 'kinds of steps')}`
}

function formatPlaces({ places, memory }: PlannedProgram, most: number): string {
  const atPeak = places
    .filter(({ from, to }) => from <= memory.peakStep && memory.peakStep <= to)
    .sort((left, right) => right.bytes - left.bytes || left.offset - right.offset)
  const table = formatTable(
    [`in the arena at step ${grouped(memory.peakStep)}`, 'shape', 'MiB', 'at byte', 'from', 'to'],
    atPeak.slice(0, most).map(placeRow),
    [2, 3, 4, 5],
  )
  return `${table}${remaining(atPeak.length, most, 'place', 'places')}`
}

const placeRow = ({ name, shape, bytes, offset, from, to }: LivePlace): string[] => [
  name,
  shape.join(' × ') || '1',
  mebibytes(bytes),
  grouped(offset),
  grouped(from),
  grouped(to),
]

const remaining = (count: number, shown: number, one: string, many: string): string =>
  count <= shown ? '' : `\n… and ${plural(count - shown, one, many)} more (--all)`

/** Every step in the order in which they run. */
export function formatSteps(plan: PlannedProgram): string {
  const rows = plan.steps.map((step) => {
    const { what, size } = describeStep(step)
    const names = (places: PlannedStep['reads']) => places.map(({ name }) => name).join(', ')
    return [grouped(step.number), time(step.ms), size, what, names(step.reads), names(step.writes)]
  })
  return formatMeasured(['step', 'ms', 'size', 'operations', 'reads', 'writes'], rows, [0, 1])
}
