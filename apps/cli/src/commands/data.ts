import { stat } from 'node:fs/promises'
import { gridFamilies, InputError, loadDataSets, type PartRecord } from '@tiny-recursive-models/trm'
import { grouped, plural } from '@tiny-recursive-models/trm/format'
import { readDataFile } from '@tiny-recursive-models/trm/node'
import type { ArcRecord } from '@tiny-recursive-models/trm/puzzles/arc'
import {
  checkPuzzleFile,
  checkPuzzleFolder,
  type PuzzleFileReport,
} from '@tiny-recursive-models/trm/puzzles/reading'
import type { Command } from 'commander'
import { jsonOption, setOption } from '../options/options.ts'
import { resolveRecipe } from '../options/recipe.ts'
import { Progress } from '../output/progress.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'
import { addDataArc } from './data-arc.ts'
import { addGenerate } from './data-generate.ts'

/** Problems that are listed on a terminal; `--json` has more. */
const listedProblems = 20
const listedRepeats = 3

export function addData(data: Command): void {
  data
    .command('info <recipe>', { isDefault: true })
    .description('show the puzzles that a recipe trains and tests on: counts and checksums')
    .addOption(setOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm data sudoku-6x6
  trm data sudoku-extreme-mlp --set data.train=train.csv --set data.test=test.csv
  trm data arc-agi-1 --set data.path=arc`,
    )
    .action(describeData)
  data
    .command('check <file>')
    .description(
      'check every puzzle in a file (CSV or one per line, plain or .gz); exit code 1 if one is invalid',
    )
    .option('--strict', 'exit code 1 also if there are duplicates')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  trm data check puzzles.csv\n  trm data check train.csv.gz --json')
    .action(checkFile)
  addGenerate(data)
  addDataArc(data)
}

async function describeData(
  name: string,
  { set, json }: { set?: readonly string[]; json?: true },
): Promise<void> {
  const recipe = await resolveRecipe(name, set ?? [])
  const progress = new Progress(json === true)
  const { record } = await loadDataSets(recipe.data, readDataFile, progress.ofData())
  progress.stop()
  if (json) return printJson({ recipe: recipe.name, ...record })
  const parts: [string, PartRecord][] = [
    ['train', record.train],
    ['validation', record.validation],
    ['test', record.test],
  ]
  const rows = parts.map(([part, { name: set, count, checksum }]) => [part, grouped(count), checksum, set])
  print(formatTable(['part', 'puzzles', 'checksum', 'from'], rows, [1]))
  if (record.arc) describeArc(record.arc as ArcRecord, record.identifiers)
  print(`${record.cells} cells, ${record.symbols} symbols, augmentation: ${record.augment}`)
}

function describeArc(
  { tasks, tooLarge, repeated, leaks, validationInputs, testInputs }: ArcRecord,
  identifiers: number,
): void {
  print(
    `${plural(tasks, 'task')} with ${grouped(identifiers)} identifiers; ` +
      `${plural(validationInputs, 'validation input')}, ${plural(testInputs, 'test input')}`,
  )
  if (tooLarge + repeated > 0)
    print(
      `left out: ${plural(tooLarge, 'task that is', 'tasks that are')} too large, ${grouped(repeated)} also in another set`,
    )
  if (leaks.length > 0) {
    const shown = leaks.slice(0, 5).join(', ')
    print(
      `partly trained on: ${plural(leaks.length, 'test task')} (${shown}${leaks.length > 5 ? ', …' : ''})`,
    )
  }
}

async function checkFile(path: string, { strict, json }: { strict?: true; json?: true }): Promise<void> {
  const progress = new Progress(json === true)
  let report: PuzzleFileReport | undefined
  const events = (await isPuzzleFolder(path))
    ? checkPuzzleFolder(path, readDataFile, 'test', { progressEvery: 500 })
    : checkPuzzleFile(await readDataFile(path), { name: path, progressEvery: 500 })
  for await (const event of events) {
    if (event.kind === 'done') report = event.report
    else
      progress.update(null, `${grouped(event.rows)} rows checked, ${plural(event.problemCount, 'problem')}`)
  }
  progress.stop()
  if (report === undefined) throw new Error('a check always ends with a report')
  if (report.rows === 0) {
    throw new InputError({
      who: path,
      expected: 'at least one puzzle',
      got: 'none',
      hint: 'Check that this is the right file.',
    })
  }
  if (json) printJson(report)
  else printReport(report)
  const repeated = report.duplicateCount + report.copyCount
  if (report.problemCount > 0 || (strict && repeated > 0)) process.exitCode = 1
}

/** A folder, or an archive of one that the published builders wrote. */
async function isPuzzleFolder(path: string): Promise<boolean> {
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
  return isFolder || (await readDataFile(`${path}/test/dataset.json`).then(Boolean, () => false))
}

function printReport(report: PuzzleFileReport): void {
  const { problems } = report
  for (const { line, reason } of problems.slice(0, listedProblems)) print(`line ${line}: ${reason}`)
  if (report.problemCount > listedProblems)
    print(`… and ${grouped(report.problemCount - listedProblems)} more (--json lists the first 1,000)`)
  const family = gridFamilies.find(({ name }) => name === report.puzzles)!
  print(
    `${grouped(report.valid)} of ${grouped(report.rows)} puzzles are valid${report.title ? ` (${report.title})` : ''}`,
  )
  const sources = Object.entries(report.sources).filter(([source]) => source !== '')
  for (const [source, count] of sources) print(`  ${source}: ${grouped(count)}`)
  if (report.checksum) print(`checksum ${report.checksum}`)
  for (const [kind, count, what] of [
    ['duplicate', report.duplicateCount, ''],
    ['copy', report.copyCount, `, ${family.copies}`],
  ] as const) {
    if (count === 0) continue
    const shown = report.repeats.filter((repeat) => repeat.kind === kind).slice(0, listedRepeats)
    const lines = shown.map(({ line, of }) => `line ${line} repeats line ${of}`).join(', ')
    print(
      `warning: ${plural(count, 'puzzle repeats', 'puzzles repeat')} an earlier one${what}: ${lines}${count > shown.length ? ', …' : ''}`,
    )
  }
}
