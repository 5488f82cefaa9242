import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { InputError, type RunReport, type RunSummary } from '@tiny-recursive-models/trm'
import { duration, grouped, percent, plural } from '@tiny-recursive-models/trm/format'
import {
  exportRun,
  listRuns,
  openRunFolder,
  parseTracker,
  RunSummarizer,
  runCsv,
  runFiles,
  type TrackerChoice,
  trackerForms,
  trackerName,
} from '@tiny-recursive-models/trm/node'
import { type Command, Option } from 'commander'
import { jsonOption, usage } from '../options/options.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

interface RunLine extends RunSummary {
  readonly test: {
    readonly full: number | null
    readonly early: number | null
    readonly puzzles: number
  } | null
  readonly trainingSeconds: number | null
}

export function addRuns(command: Command): void {
  command
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  trm runs\n  trm runs runs/first\n  trm runs experiments --json')
    .action(async (named: string | undefined, { json }: { json?: true }) => {
      const folder = named ?? 'runs'
      const lines: RunLine[] = []
      for (const summary of await findRuns(named)) lines.push(await withReport(summary))
      if (json) printJson(lines)
      else if (lines.length === 0) print(`No runs in ${folder}. Start one with: trm train sudoku-6x6`)
      else print(describe(lines))
    })
  command
    .command('export <run>')
    .description('tell a run that was trained to a program in which runs are followed, or as CSV')
    .addOption(
      new Option('--to <where>', `${Object.values(trackerForms).join(', ')}, or csv (on standard output)`)
        .argParser((text: string) => (text === 'csv' ? text : usage(() => parseTracker(text))))
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  trm runs export runs/first --to tensorboard\n  trm runs export runs/first --to csv > first.csv',
    )
    .action(exportTo)
}

async function exportTo(folder: string, { to }: { readonly to: TrackerChoice | 'csv' }): Promise<void> {
  if (to === 'csv') {
    print((await runCsv(folder)).trimEnd())
    return
  }
  const progress = new Progress(false)
  try {
    await exportRun(folder, to, (done, total) =>
      progress.update(total === 0 ? 1 : done / total, `${grouped(done)} of ${plural(total, 'moment')}`),
    )
  } finally {
    progress.stop()
  }
  print(`${folder} is in ${trackerName(to)}`)
}

/** Those in a folder, or the one that the folder is. Without a name there may be no folder yet. */
async function findRuns(named: string | undefined): Promise<RunSummary[]> {
  if (named === undefined && !existsSync('runs')) return []
  const folder = named ?? 'runs'
  if (!existsSync(join(folder, runFiles.recipe))) return listRuns(folder)
  return [await new RunSummarizer(basename(resolve(folder)), folder).read()]
}

async function withReport(summary: RunSummary): Promise<RunLine> {
  const report = summary.status === 'damaged' ? null : await readReport(summary.path)
  const test = report?.test ?? null
  return {
    ...summary,
    test: test && {
      full: test.full.exactAccuracy,
      early: test.early.exactAccuracy,
      puzzles: test.full.puzzles,
    },
    trainingSeconds: report?.trainingSeconds ?? null,
  }
}

async function readReport(path: string): Promise<RunReport | null> {
  try {
    return (await (await openRunFolder(path)).readJson('report')) as RunReport | null
  } catch (error) {
    // A damaged report is no reason not to list the run.
    if (error instanceof InputError) return null
    throw error
  }
}

function describe(lines: readonly RunLine[]): string {
  const rows = lines.map((line) => [
    line.name,
    line.recipe ?? '–',
    line.status,
    `${grouped(line.step)}${line.steps === null ? '' : ` / ${grouped(line.steps)}`}`,
    percent(line.bestExactAccuracy),
    ...(line.test && line.test.full === null
      ? ['no answers', 'no answers']
      : [percent(line.test?.full), percent(line.test?.early)]),
    line.trainingSeconds === null ? '–' : duration(line.trainingSeconds * 1000),
  ])
  const header = ['run', 'recipe', 'status', 'step', 'validation', 'test', 'test, early', 'training']
  const problems = lines.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]))
  return [formatTable(header, rows, [3, 4, 5, 6, 7]), ...problems].join('\n')
}
