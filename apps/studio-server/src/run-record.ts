/** What the list tells of one run, read anew only where something in its folder has changed. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/trm'
import { isReport, RunFolder, RunSummarizer, recipeFields, runFiles } from '@tiny-recursive-models/trm/node'
import type { RunCurve, Setting, StudioRun } from './api.ts'

export interface RunFacts {
  readonly run: StudioRun
  /** By the keys of recipes; empty where the run is damaged. */
  readonly fields: ReadonlyMap<string, Setting>
}

/** A curve is drawn a few hundred pixels wide, among many. */
const maxPoints = 100

export class RunRecord {
  readonly #name: string
  readonly path: string
  readonly #summarizer: RunSummarizer
  #pending: Promise<RunFacts> | null = null
  /** What was read last, and of which files; of a run that is running nothing is kept. */
  #known: { readonly marks: string; readonly facts: RunFacts } | null = null

  constructor(name: string, path: string) {
    this.#name = name
    this.path = path
    this.#summarizer = new RunSummarizer(name, path)
  }

  /** Many who ask at the same time get the same answer. */
  read(): Promise<RunFacts> {
    this.#pending ??= this.#read().finally(() => {
      this.#pending = null
    })
    return this.#pending
  }

  /** As of the last `read`; null before the first evaluation. */
  get curve(): RunCurve | null {
    const { evaluations } = this.#summarizer.progress
    if (evaluations.length === 0) return null
    const every = Math.ceil(evaluations.length / maxPoints)
    const kept = evaluations.filter(
      (_, index) => (evaluations.length - 1 - index) % every === 0 || index === 0,
    )
    return {
      name: this.#name,
      steps: kept.map(({ step }) => step),
      seconds: kept.map(({ elapsedMs }) => (elapsedMs === null ? null : elapsedMs / 1000)),
      exactAccuracy: kept.map(({ exactAccuracy }) => exactAccuracy),
    }
  }

  async #read(): Promise<RunFacts> {
    // Before the files are read: what changes meanwhile is read the next time.
    const marks = await this.#marks()
    if (this.#known?.marks === marks) return this.#known.facts
    const { path: _, ...summary } = await this.#summarizer.read()
    const facts = summary.status === 'damaged' ? damagedFacts(summary) : await this.#describe(summary)
    this.#known = summary.status === 'running' ? null : { marks, facts }
    return facts
  }

  async #describe(summary: Omit<StudioRun, keyof typeof nothing>): Promise<RunFacts> {
    const { recipe, parameters, elapsedMs } = this.#summarizer.progress
    if (recipe === null) throw new Error('a run that is not damaged has a recipe')
    const folder = new RunFolder(this.path, recipe)
    const report = await readReport(folder)
    const { mtimeMs } = await stat(folder.file('recipe'))
    const fields = [...recipeFields(recipe)].map(([key, value]) => [key, settingOf(value)] as const)
    const run: StudioRun = {
      ...summary,
      seed: recipe.training.seed,
      parameters: parameters ?? report?.parameters ?? null,
      elapsedMs,
      begunAt: Math.round(mtimeMs),
      exactAccuracy: report?.test?.full.exactAccuracy ?? null,
      earlyAccuracy: report?.test?.early.exactAccuracy ?? null,
      trainingFlop: report?.trainingFlop ?? null,
    }
    return { run, fields: new Map(fields) }
  }

  /** What differs as soon as a file of the run has been added, removed, replaced or appended to. */
  async #marks(): Promise<string> {
    const paths = [
      this.path,
      ...[runFiles.recipe, runFiles.events, runFiles.report].map((name) => join(this.path, name)),
    ]
    const marks = await Promise.all(
      paths.map((path) =>
        stat(path).then(
          ({ mtimeMs, size, ino }) => `${ino}:${size}:${mtimeMs}`,
          () => '',
        ),
      ),
    )
    return marks.join(' ')
  }
}

async function readReport(folder: RunFolder) {
  try {
    const report = await folder.readJson('report')
    return isReport(report) ? report : null
  } catch (error) {
    // The run's own page says what is wrong with it.
    if (!(error instanceof InputError)) throw error
    return null
  }
}

const settingOf = (value: unknown): Setting =>
  value === null || value === undefined
    ? null
    : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : JSON.stringify(value)

const nothing = {
  seed: null,
  parameters: null,
  elapsedMs: null,
  begunAt: null,
  exactAccuracy: null,
  earlyAccuracy: null,
  trainingFlop: null,
} as const satisfies Partial<StudioRun>

const damagedFacts = (summary: Omit<StudioRun, keyof typeof nothing>): RunFacts => ({
  run: { ...summary, ...nothing },
  fields: new Map(),
})

/** A run that cannot even be looked into. */
export const damagedRun = (name: string, problem: string): RunFacts =>
  damagedFacts({
    name,
    recipe: null,
    step: 0,
    steps: null,
    bestExactAccuracy: null,
    status: 'damaged',
    problem,
  })
