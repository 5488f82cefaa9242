/** The comparison with the paper as a table, on the terminal and as Markdown. */
import type { Spread } from '@tiny-recursive-models/trm/evaluate'
import { duration, grouped, percent, plural } from '@tiny-recursive-models/trm/format'
import type { PaperResults, PaperRow, PaperTable } from '@tiny-recursive-models/trm/node'
import { paperColumns } from '@tiny-recursive-models/trm/recipes'
import { formatTable } from './table.ts'

/** `83.2 ± 1.4 %` */
export function percentSpread(spread: Spread | null): string {
  if (spread === null) return '–'
  const { mean, deviation } = spread
  if (deviation === null) return percent(mean)
  return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %`
}

/** `123 ± 4` */
function numberSpread(spread: Spread | null, digits: number): string {
  if (spread === null) return '–'
  const { mean, deviation } = spread
  return `${mean.toFixed(digits)}${deviation === null ? '' : ` ± ${deviation.toFixed(digits)}`}`
}

interface Column {
  readonly title: string
  readonly cell: (row: PaperRow) => string
}

function columnsOf({ rows }: PaperTable): Column[] {
  // A Sudoku has one answer: there, valid says nothing more than exact.
  const judged = rows.some(
    ({ validAccuracy, exactAccuracy }) =>
      validAccuracy !== null && validAccuracy.mean !== exactAccuracy?.mean,
  )
  const timed = rows.some(({ runs }) => runs.some(({ reason }) => reason === 'time'))
  const columns: (Column | null)[] = [
    { title: 'model', cell: ({ variant }) => variant },
    { title: 'exact', cell: ({ exactAccuracy }) => percentSpread(exactAccuracy) },
    judged ? { title: 'valid', cell: ({ validAccuracy }) => percentSpread(validAccuracy) } : null,
    { title: 'cells', cell: ({ cellAccuracy }) => percentSpread(cellAccuracy) },
    { title: 'early halting', cell: ({ earlyAccuracy }) => percentSpread(earlyAccuracy) },
    { title: 'steps', cell: ({ meanSteps }) => meanSteps?.mean.toFixed(1) ?? '–' },
    { title: 'parameters', cell: ({ parameters }) => grouped(parameters) },
    { title: 'forward passes', cell: ({ forwardPasses }) => String(forwardPasses) },
    { title: 'net calls', cell: ({ netCalls }) => String(netCalls) },
    { title: 'blocks', cell: ({ blockCalls }) => String(blockCalls) },
    timed ? { title: 'training steps', cell: ({ steps }) => numberSpread(steps, 0) } : null,
    { title: 'seconds', cell: ({ trainingSeconds }) => numberSpread(trainingSeconds, 0) },
    { title: 'paper: exact', cell: ({ published }) => percent(published.exactAccuracy) },
    { title: 'parameters', cell: ({ published }) => millions(published.millionParameters) },
  ]
  return columns.filter((column) => column !== null)
}

export function paperTable(table: PaperTable): string {
  const columns = columnsOf(table)
  const rows = table.rows.map((row) => columns.map(({ cell }) => cell(row)))
  const right = columns.map((_, place) => place).slice(1)
  return [headline(table), formatTable(titles(columns), rows, right)].join('\n')
}

const millions = (count: number | null): string => (count === null ? '–' : `${count} M`)

const titles = (columns: readonly Column[]): string[] => columns.map(({ title }) => title)

function headline({ base, rows, recipe, data, testPuzzles }: PaperTable): string {
  const { steps, batch, stopAfterSeconds } = recipe.training
  const seeds = Math.max(...rows.map(({ runs }) => runs.length))
  return [
    base,
    ...(data === null ? [] : [plural(data.train, 'training puzzle')]),
    plural(testPuzzles, 'test puzzle'),
    stopAfterSeconds === null
      ? `${plural(steps, 'step')}, batch ${batch}`
      : `${duration(1000 * stopAfterSeconds)} of training, batch ${batch}`,
    plural(seeds, 'seed'),
  ].join(' · ')
}

const legend = `Accuracies are means over the seeds ± the sample standard deviation, measured on test puzzles with the weights that did best on validation puzzles. *Exact*: every cell correct after all supervision steps; *valid*: a valid answer, for puzzles that have several; *cells*: correct cells; *early halting*: exact accuracy when the model decides itself when to stop, and the supervision *steps* it then takes. *Forward passes* (supervision steps computed), *net calls* and *blocks* are per optimiser step, forward only. *Seconds*: time in training steps alone. The last two columns are the paper's figures for ${paperColumns.map(({ benchmark }) => benchmark).join(' or ')} with models of width 512.`

/** The whole as a page: tables, seeds, command, machine. */
export function paperMarkdown({ command, machine, threads, jobs, tables }: PaperResults): string {
  const { processor, cores, system, node, onnxruntime } = machine
  const made = [
    ...(command === null ? [] : [`\`${command}\``]),
    `${plural(jobs, 'run')} at a time with ${plural(threads, 'thread')} each on ${processor}, ${plural(cores, 'core')}, ${system}, Node ${node}, onnxruntime ${onnxruntime}`,
  ]
  return [...tables.flatMap(tableMarkdown), legend, '', made.join(': '), ''].join('\n')
}

function tableMarkdown(table: PaperTable): string[] {
  const columns = columnsOf(table)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = table.rows.map((row) => line(columns.map(({ cell }) => cell(row))))
  const align = columns.map((_, place) => (place === 0 ? '---' : '--:'))
  const seeds = table.rows.map(
    ({ variant, runs }) =>
      `${variant} ${runs.map(({ exactAccuracy }) => (exactAccuracy === null ? '–' : (100 * exactAccuracy).toFixed(1))).join(', ')}`,
  )
  const each = `Exact accuracy of each seed in percent: ${seeds.join('; ')}.`
  return [`**${headline(table)}**`, '', line(titles(columns)), line(align), ...rows, '', each, '']
}
