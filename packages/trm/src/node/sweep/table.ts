/** What the runs of a folder differ in, and how good they are: read from the run folders alone. */
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import type { Recipe } from '../../recipes/schema.ts'
import { fileError } from '../file-errors.ts'
import { openRunFolder, runFiles } from '../run-folder.ts'
import { isReport } from '../run-report.ts'
import { figuresOf, groupBy, type RunFigures, type SpreadFigures, spreadFigures } from './figures.ts'

/** A run of the table; `figures` is null until it has its report. */
export interface SweepTableRun {
  readonly folder: string
  readonly seed: number
  readonly figures: RunFigures | null
  /** Its loss has left all bounds: there will be no report. */
  readonly isDiverged: boolean
}

/** Runs that differ in their training seed only. */
export interface SweepTableRow extends SpreadFigures {
  /** The fields in which the runs of the table differ, by their keys; undefined where a recipe has no such field. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Null while no run has ended. */
  readonly parameters: number | null
  readonly runs: readonly SweepTableRun[]
}

/** The runs of a folder, best exact accuracy first. */
export interface SweepTable {
  readonly folder: string
  readonly fields: readonly string[]
  readonly finished: number
  readonly total: number
  readonly rows: readonly SweepTableRow[]
  /** Run folders that cannot be read, and why. */
  readonly problems: readonly string[]
}

/** In how many folders below the named one runs are looked for: those of `trm bench paper` lie in two. */
const depth = 2

/**
 * Compares the runs below a folder, whoever has made them.
 * @throws InputError if there is no such folder, or no run in it
 */
export async function sweepTable(folder: string): Promise<SweepTable> {
  const paths = await runFoldersBelow(folder, depth)
  const problems: string[] = []
  const found: FoundRun[] = []
  for (const path of paths) {
    try {
      found.push(await readRun(path, relative(folder, path)))
    } catch (error) {
      // One damaged run is no reason not to compare the others.
      if (!(error instanceof InputError)) throw error
      problems.push(error.message)
    }
  }
  if (paths.length === 0) throw noRuns(folder)
  const fields = differingFields(found.map(({ fields }) => fields))
  const groups = groupBy(found, (run) => JSON.stringify(fields.map((key) => run.fields.get(key) ?? null)))
  const rows = [...groups.values()].map((runs) => rowOf(runs, fields))
  const rank = ({ exactAccuracy, validAccuracy }: SweepTableRow) =>
    exactAccuracy?.mean ?? validAccuracy?.mean ?? -1
  return {
    folder,
    fields,
    finished: found.filter(({ report }) => report !== null).length,
    total: paths.length,
    rows: rows.toSorted((left, right) => rank(right) - rank(left)),
    problems,
  }
}

interface FoundRun {
  readonly folder: string
  readonly recipe: Recipe
  readonly fields: ReadonlyMap<string, unknown>
  readonly report: Awaited<ReturnType<typeof readReport>>
  readonly isDiverged: boolean
}

async function readRun(path: string, folder: string): Promise<FoundRun> {
  const run = await openRunFolder(path)
  const report = await readReport(run)
  return {
    folder,
    recipe: run.recipe,
    fields: withoutSeed(recipeFields(run.recipe)),
    report,
    isDiverged: report === null && (await run.divergence()) !== null,
  }
}

async function readReport(run: Awaited<ReturnType<typeof openRunFolder>>) {
  const report = await run.readJson('report')
  return isReport(report) ? report : null
}

function rowOf(found: readonly FoundRun[], fields: readonly string[]): SweepTableRow {
  const runs = found.map(
    ({ folder, recipe, report, isDiverged }): SweepTableRun => ({
      folder,
      seed: recipe.training.seed,
      figures: report && figuresOf(report),
      isDiverged,
    }),
  )
  return {
    settings: Object.fromEntries(fields.map((key) => [key, found[0]!.fields.get(key)])),
    parameters: found.find(({ report }) => report !== null)?.report?.parameters ?? null,
    ...spreadFigures(runs.flatMap(({ figures }) => figures ?? [])),
    runs: runs.toSorted((left, right) => left.seed - right.seed),
  }
}

/**
 * A recipe as keys such as `model.width` and their values, two levels deep; without what only names it.
 */
export function recipeFields(recipe: Recipe): ReadonlyMap<string, unknown> {
  const { format: _format, name: _name, description: _description, ...sections } = recipe
  const fields = Object.entries(sections).flatMap(([section, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, inner]): [string, unknown] => [`${section}.${key}`, inner])
      : [[section, value]],
  )
  return new Map(fields)
}

/** Runs that differ in nothing else are compared by their mean. */
const withoutSeed = (fields: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> =>
  new Map([...fields].filter(([key]) => key !== 'training.seed'))

function differingFields(all: readonly ReadonlyMap<string, unknown>[]): string[] {
  const keys = new Set(all.flatMap((fields) => [...fields.keys()]))
  return [...keys].filter((key) => new Set(all.map((fields) => JSON.stringify(fields.get(key)))).size > 1)
}

async function runFoldersBelow(folder: string, levels: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, folder, 'a folder of runs')
  })
  if (entries.some(({ name }) => name === runFiles.recipe)) return [folder]
  if (levels === 0) return []
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort((left, right) => left.localeCompare(right, 'en', { numeric: true }))
  const found: string[] = []
  for (const name of below) found.push(...(await runFoldersBelow(join(folder, name), levels - 1)))
  return found
}

const noRuns = (folder: string): InputError =>
  new InputError({
    who: folder,
    expected: 'a folder of runs',
    got: 'a folder without any',
    hint: 'Name the folder of a sweep (`out: FOLDER`).',
  })
