/** The runs of a folder, for reading only. */

import { readdir } from 'node:fs/promises'
import { basename, dirname, sep } from 'node:path'
import { notFound } from '@tiny-recursive-models/http-server'
import { InputError, type RunReport, type RunSummary } from '@tiny-recursive-models/trm'
import {
  fileError,
  openRunFolder,
  type RunFolder,
  RunSummarizer,
  readLock,
  runFiles,
} from '@tiny-recursive-models/trm/node'
import type { RunAnswer, RunsAnswer, StudioRun } from './api.ts'
import { ConfinedFolder } from './confined.ts'

/**
 * Whatever the file system allows is the name of a run: a name is never a path here, but compared with the entries of
 * the folder. Hidden ones are left out.
 */
const isHidden = (name: string): boolean => name.startsWith('.')

/** A run that was found in the folder. */
export interface FoundRun {
  readonly name: string
  /** Its true path. */
  readonly path: string
}

export class RunLibrary {
  readonly #folder: ConfinedFolder
  /** The folder is one run, not a folder of runs. */
  readonly #isRun: boolean
  readonly #summaries = new Map<string, { summarizer: RunSummarizer; pending: Promise<RunSummary> | null }>()

  private constructor(folder: ConfinedFolder, isRun: boolean) {
    this.#folder = folder
    this.#isRun = isRun
  }

  /** @param path a folder of runs, or one run folder */
  static async open(path: string): Promise<RunLibrary> {
    const folder = await ConfinedFolder.open(path)
    await readNames(folder.path)
    return new RunLibrary(folder, (await folder.look(runFiles.recipe)).kind === 'file')
  }

  /** The folder's own name. */
  get name(): string {
    return basename(this.#folder.path)
  }

  async list(): Promise<RunsAnswer> {
    const runs: StudioRun[] = []
    for (const run of await this.#find()) runs.push(await this.summary(run))
    return { folder: this.name, runs }
  }

  /** The run of that name; refused where it is not one of the list. */
  async run(name: string): Promise<FoundRun> {
    const found = await this.#find(name)
    if (found[0] === undefined) {
      throw notFound('runs', 'the name of a run in the folder', 'Ask /api/runs for the names.')
    }
    return found[0]
  }

  /** Never fails for what lies in the run's folder: a damaged run says so. */
  async summary({ name, path }: FoundRun): Promise<StudioRun> {
    const problem = await this.#unsoundFile(name)
    if (problem !== null) return damagedRun(name, problem)
    const known = this.#summaries.get(path) ?? { summarizer: new RunSummarizer(name, path), pending: null }
    this.#summaries.set(path, known)
    // Many who ask at the same time get the same answer.
    known.pending ??= known.summarizer.read().finally(() => {
      known.pending = null
    })
    const { recipe, step, steps, bestExactAccuracy, status, problem: trouble } = await known.pending
    return {
      ...{ name, recipe, step, steps, bestExactAccuracy, status },
      problem: trouble === null ? null : this.withoutPaths(trouble),
    }
  }

  async details(found: FoundRun): Promise<RunAnswer> {
    const summary = await this.summary(found)
    if (summary.status === 'damaged') {
      return { summary, recipe: null, data: null, report: null, weights: [], checkpoints: [] }
    }
    const run = await openRunFolder(found.path)
    const problems: string[] = []
    const read = async (name: 'data' | 'report'): Promise<unknown> => {
      try {
        return await run.readJson(name)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        problems.push(this.withoutPaths(error.message))
        return null
      }
    }
    const [data, report] = [await read('data'), await read('report')]
    return {
      summary: { ...summary, problem: problems[0] ?? null },
      recipe: run.recipe,
      data: withoutRows(data),
      report: isReport(report) ? report : null,
      weights: await run.weightKinds(),
      checkpoints: await this.#checkpoints(run, found.name),
    }
  }

  /** The steps of the checkpoints that are regular files. */
  async #checkpoints(run: RunFolder, name: string): Promise<number[]> {
    const steps: number[] = []
    for (const { step, path } of await run.checkpoints()) {
      if ((await this.#look(name, runFiles.checkpoints, basename(path))).kind === 'file') steps.push(step)
    }
    return steps
  }

  /** Opens one file of weights; refused where the run has no such file. */
  async openModel(found: FoundRun, which: string) {
    const hint = `Ask /api/runs/${encodeURIComponent(found.name)} for what the run has.`
    const missing = notFound(`run ${found.name}`, 'best, final or the step of a checkpoint', hint)
    if (which === 'best' || which === 'final') {
      return (await this.openFile(found, runFiles[which])) ?? fail(missing)
    }
    const { checkpoints } = await this.details(found)
    if (!/^\d{1,15}$/.test(which) || !checkpoints.includes(Number(which))) throw missing
    const run = await openRunFolder(found.path)
    const checkpoint = (await run.checkpoints()).find(({ step }) => step === Number(which)) ?? fail(missing)
    return (await this.openFile(found, runFiles.checkpoints, basename(checkpoint.path))) ?? fail(missing)
  }

  /** A file of a run; null where there is no regular file of that name. */
  openFile({ name }: FoundRun, ...names: readonly string[]) {
    return this.#folder.openFile(...this.#inside(name), ...names)
  }

  async isRunning({ name }: FoundRun): Promise<boolean> {
    const { kind, path } = await this.#look(name, runFiles.lock)
    return kind === 'file' && (await readLock(path)).kind === 'held'
  }

  /** A message without the places of files outside the folder: `NAME/recipe.json` for a run's file. */
  withoutPaths(text: string): string {
    const above = this.#isRun ? dirname(this.#folder.path) : this.#folder.path
    return text.replaceAll(above === sep ? above : above + sep, '').replaceAll(above, '.')
  }

  /** The runs of the folder, or the one of that name. */
  async #find(only?: string): Promise<FoundRun[]> {
    const names = this.#isRun ? [this.name] : await readNames(this.#folder.path)
    const found: FoundRun[] = []
    for (const name of names.sort()) {
      if (isHidden(name) || (only !== undefined && name !== only)) continue
      const { kind, path } = await this.#look(name)
      // A recipe that leads out of the folder makes a damaged run, not none.
      const isRun = kind === 'folder' && (await this.#look(name, runFiles.recipe)).kind !== 'missing'
      if (isRun) found.push({ name, path })
    }
    return found
  }

  /** What is wrong with the files of a run before any of them is read: a link that leads out, a pipe. */
  async #unsoundFile(name: string): Promise<string | null> {
    for (const file of Object.values(runFiles)) {
      const { kind } = await this.#look(name, file)
      const expected = file === runFiles.checkpoints ? 'folder' : 'file'
      if (kind === 'missing' || kind === expected) continue
      const got = kind === 'outside' ? 'a link that leads out of the folder' : 'something else'
      return `${name}/${file}: expected a ${expected} of the run, got ${got}.`
    }
    return null
  }

  #look(name: string, ...names: readonly string[]) {
    return this.#folder.look(...this.#inside(name), ...names)
  }

  #inside(name: string): readonly string[] {
    return this.#isRun ? [] : [name]
  }
}

async function readNames(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    throw fileError(error, path, 'a folder of runs')
  }
}

function damagedRun(name: string, problem: string): StudioRun {
  const nothing = { recipe: null, step: 0, steps: null, bestExactAccuracy: null }
  return { name, ...nothing, status: 'damaged', problem }
}

/** `data.json` lists every row that was taken of a file: nothing for a page, and long. Nor is its place on the disk. */
function withoutRows(data: unknown): Record<string, unknown> | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  const { begunIn: _, ...facts } = data as { readonly begunIn?: unknown }
  const parts = Object.entries(facts).map(([key, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null || !('indices' in value)) return [key, value]
    return [key, { ...value, indices: undefined }]
  })
  return Object.fromEntries(parts) as Record<string, unknown>
}

/** Written by this project: its format number stands for its fields. */
function isReport(value: unknown): value is RunReport {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 1
}

function fail(error: Error): never {
  throw error
}
