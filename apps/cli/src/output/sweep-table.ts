/** The runs of a sweep side by side: on the terminal, and as CSV. */
import type { Spread } from '@tiny-recursive-models/trm/evaluate'
import { duration, grouped, plural, significant } from '@tiny-recursive-models/trm/format'
import type { SweepTable, SweepTableRow, SweepTableRun } from '@tiny-recursive-models/trm/node'
import { percentSpread } from './paper-table.ts'
import { formatTable } from './table.ts'

interface Column {
  readonly title: string
  readonly cell: (row: SweepTableRow) => string
}

function runsText({ runs }: SweepTableRow): string {
  const finished = runs.filter(({ figures }) => figures !== null).length
  const diverged = runs.filter(({ isDiverged }) => isDiverged).length
  return `${finished} of ${runs.length}${diverged > 0 ? `, ${diverged} diverged` : ''}`
}

const mean = (spread: Spread | null, show: (value: number) => string): string =>
  spread === null ? '–' : show(spread.mean)

function columnsOf({ rows }: SweepTable): Column[] {
  // Where a puzzle has one answer, valid says nothing more than exact.
  const judged = rows.some(
    ({ validAccuracy, exactAccuracy }) =>
      validAccuracy !== null && validAccuracy.mean !== exactAccuracy?.mean,
  )
  const columns: (Column | null)[] = [
    { title: 'exact', cell: ({ exactAccuracy }) => percentSpread(exactAccuracy) },
    judged ? { title: 'valid', cell: ({ validAccuracy }) => percentSpread(validAccuracy) } : null,
    { title: 'early halting', cell: ({ earlyAccuracy }) => percentSpread(earlyAccuracy) },
    { title: 'steps', cell: ({ meanSteps }) => mean(meanSteps, (steps) => steps.toFixed(1)) },
    { title: 'parameters', cell: ({ parameters }) => (parameters === null ? '–' : grouped(parameters)) },
    { title: 'training steps', cell: ({ steps }) => mean(steps, grouped) },
    {
      title: 'time',
      cell: ({ trainingSeconds }) => mean(trainingSeconds, (seconds) => duration(1000 * seconds)),
    },
    { title: 'FLOP', cell: ({ trainingFlop }) => mean(trainingFlop, significant) },
    { title: 'runs', cell: runsText },
  ]
  return columns.filter((column) => column !== null)
}

/** A text stands as it is, everything else as JSON. */
const written = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)

/** Best exact accuracy first; means over the seeds ± the sample standard deviation. */
export function formatSweepTable(table: SweepTable): string {
  const columns = columnsOf(table)
  const header = [...table.fields, ...columns.map(({ title }) => title)]
  const rows = table.rows.map((row) => [
    ...table.fields.map((key) => written(row.settings[key])),
    ...columns.map(({ cell }) => cell(row)),
  ])
  const right = header.map((_, place) => place).slice(table.fields.length)
  const { folder, finished, total, problems } = table
  return [
    `${folder}: ${finished} of ${plural(total, 'run')} finished`,
    formatTable(header, rows, right),
    ...problems,
  ].join('\n')
}

/** One line a run, for other programs: shares from 0 to 1, times in seconds, empty where there is nothing. */
export function sweepTableCsv({ fields, rows }: SweepTable): string {
  const figures: Readonly<Record<string, (run: SweepTableRun, row: SweepTableRow) => unknown>> = {
    exactAccuracy: ({ figures }) => figures?.exactAccuracy,
    cellAccuracy: ({ figures }) => figures?.cellAccuracy,
    validAccuracy: ({ figures }) => figures?.validAccuracy,
    earlyAccuracy: ({ figures }) => figures?.earlyAccuracy,
    meanSteps: ({ figures }) => figures?.meanSteps,
    parameters: (_, { parameters }) => parameters,
    steps: ({ figures }) => figures?.steps,
    trainingSeconds: ({ figures }) => figures?.trainingSeconds,
    trainingFlop: ({ figures }) => figures?.trainingFlop,
  }
  const lines = rows.flatMap((row) =>
    row.runs.map((run) => [
      run.folder,
      ...fields.map((key) => row.settings[key]),
      run.seed,
      ...Object.values(figures).map((figure) => figure(run, row)),
    ]),
  )
  const all = [['run', ...fields, 'training.seed', ...Object.keys(figures)], ...lines]
  return all.map((cells) => cells.map(csvCell).join(',')).join('\n')
}

/** Quoted where the separator, a quotation mark or a line break is in it (RFC 4180). */
function csvCell(value: unknown): string {
  const text = value === undefined || value === null ? '' : written(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
