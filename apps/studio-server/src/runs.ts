/** The runs of a folder, for reading only. */
import { basename, dirname, sep } from 'node:path'
import { notFound } from '@tiny-recursive-models/http-server'
import { InputError } from '@tiny-recursive-models/trm'
import { isReport, openRunFolder, type RunFolder, readLock, runFiles } from '@tiny-recursive-models/trm/node'
import type { CurvesAnswer, RunAnswer, RunsAnswer, StudioRun } from './api.ts'
import { ConfinedFolder, type Found } from './confined.ts'
import { damagedRun, type RunFacts, RunRecord } from './run-record.ts'

/**
 * Whatever the file system allows is the name of a run: a name is never a path here, but compared with the entries of
 * the folder. Hidden ones are left out, and packages, of which there may be thousands.
 */
const isHidden = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

/** A run that was found in the folder. */
export interface FoundRun {
  /** SWEEP/NAME for a run of a sweep. */
  readonly name: string
  /** The folders that lead to it, from the folder of runs on. */
  readonly parts: readonly string[]
  /** Its true path. */
  readonly path: string
  /** What lies in it, by name. */
  readonly files: ReadonlyMap<string, Found>
}

export class RunLibrary {
  readonly #folder: ConfinedFolder
  /** The folder is one run, not a folder of runs. */
  readonly #isRun: boolean
  readonly #records = new Map<string, RunRecord>()

  private constructor(folder: ConfinedFolder, isRun: boolean) {
    this.#folder = folder
    this.#isRun = isRun
  }

  /** @param path a folder of runs, or one run folder */
  static async open(path: string): Promise<RunLibrary> {
    const folder = await ConfinedFolder.open(path)
    const files = await folder.list()
    return new RunLibrary(folder, files.get(runFiles.recipe)?.kind === 'file')
  }

  /** The folder's own name. */
  get name(): string {
    return basename(this.#folder.path)
  }

  async list(): Promise<RunsAnswer> {
    const facts = await inGroups(await this.#find(), (run) => this.#facts(run))
    const fields = differingFields(facts)
    const runs = facts.map((one) => ({
      ...one.run,
      settings: fields.map((key) => one.fields.get(key) ?? null),
    }))
    return { folder: this.name, fields, runs }
  }

  /** One for each run that has been evaluated. */
  async curves(): Promise<CurvesAnswer> {
    const curves = await inGroups(await this.#find(), async (run) => {
      const { status } = (await this.#facts(run)).run
      return status === 'damaged' ? null : this.#record(run).curve
    })
    return { curves: curves.flatMap((curve) => curve ?? []) }
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
  async summary(run: FoundRun): Promise<StudioRun> {
    return (await this.#facts(run)).run
  }

  async #facts(found: FoundRun): Promise<RunFacts> {
    const problem = unsoundFile(found)
    if (problem !== null) return damagedRun(found.name, problem)
    const { run, fields } = await this.#record(found).read()
    return { run: { ...run, problem: run.problem && this.withoutPaths(run.problem) }, fields }
  }

  #record({ name, path }: FoundRun): RunRecord {
    const known = this.#records.get(name)
    // A link may lead elsewhere by now.
    if (known?.path === path) return known
    const record = new RunRecord(name, path)
    this.#records.set(name, record)
    return record
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
      checkpoints: await this.#checkpoints(run, found),
    }
  }

  /** The steps of the checkpoints that are regular files. */
  async #checkpoints(run: RunFolder, { parts }: FoundRun): Promise<number[]> {
    const steps: number[] = []
    for (const { step, path } of await run.checkpoints()) {
      if ((await this.#look(parts, runFiles.checkpoints, basename(path))).kind === 'file') steps.push(step)
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
  openFile({ parts }: FoundRun, ...names: readonly string[]) {
    return this.#folder.openFile(...parts, ...names)
  }

  async isRunning({ parts }: FoundRun): Promise<boolean> {
    const { kind, path } = await this.#look(parts, runFiles.lock)
    return kind === 'file' && (await readLock(path)).kind === 'held'
  }

  /** A message without the places of files outside the folder: `NAME/recipe.json` for a run's file. */
  withoutPaths(text: string): string {
    const above = this.#isRun ? dirname(this.#folder.path) : this.#folder.path
    return text.replaceAll(above === sep ? above : above + sep, '').replaceAll(above, '.')
  }

  /** The runs of the folder and, one further down, of the sweeps in it; or the one of that name. */
  async #find(only?: string): Promise<FoundRun[]> {
    const { path } = this.#folder
    if (!this.#isRun) return this.#findBelow([], await this.#folder.list(), only)
    if (only !== undefined && only !== this.name) return []
    return [{ name: this.name, parts: [], path, files: await this.#folder.list() }]
  }

  async #findBelow(
    above: readonly string[],
    inside: ReadonlyMap<string, Found>,
    only: string | undefined,
  ): Promise<FoundRun[]> {
    const found = await inGroups([...inside], async ([entry, { kind, path }]): Promise<FoundRun[]> => {
      const parts = [...above, entry]
      const name = parts.join('/')
      const isAsked = only === undefined || only === name || only.startsWith(`${name}/`)
      if (isHidden(entry) || !isAsked || kind !== 'folder') return []
      // Whoever may not look into a folder sees no runs in it.
      const files = await this.#folder.list(path).catch(() => nothing)
      // A recipe that leads out of the folder makes a damaged run, not none.
      const isRun = (files.get(runFiles.recipe)?.kind ?? 'missing') !== 'missing'
      if (isRun) return only === undefined || only === name ? [{ name, parts, path, files }] : []
      return parts.length < depth ? this.#findBelow(parts, files, only) : []
    })
    return found.flat()
  }

  #look(parts: readonly string[], ...names: readonly string[]) {
    return this.#folder.look(...parts, ...names)
  }
}

/** Folders from that of runs to a run: a run lies in it, or in a sweep in it. */
const depth = 2

/** So many runs are looked at side by side: enough to keep the disk busy. */
const groupSize = 16

async function inGroups<Value, Result>(
  values: readonly Value[],
  work: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let first = 0; first < values.length; first += groupSize)
    results.push(...(await Promise.all(values.slice(first, first + groupSize).map(work))))
  return results
}

/** What is wrong with the files of a run before any of them is read: a link that leads out, a pipe. */
function unsoundFile({ name, files }: FoundRun): string | null {
  for (const file of Object.values(runFiles)) {
    const kind = files.get(file)?.kind ?? 'missing'
    const expected = file === runFiles.checkpoints ? 'folder' : 'file'
    if (kind === 'missing' || kind === expected) continue
    const got = kind === 'outside' ? 'a link that leads out of the folder' : 'something else'
    return `${name}/${file}: expected a ${expected} of the run, got ${got}.`
  }
  return null
}

const nothing: ReadonlyMap<string, Found> = new Map()

/** Keys under which the recipes have different values, or some none. */
function differingFields(all: readonly RunFacts[]): string[] {
  const sound = all.filter(({ fields }) => fields.size > 0)
  const keys = new Set(sound.flatMap(({ fields }) => [...fields.keys()]))
  return [...keys].filter((key) => new Set(sound.map(({ fields }) => fields.get(key))).size > 1)
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

function fail(error: Error): never {
  throw error
}
