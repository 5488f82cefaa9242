/** The runs in a folder with their key figures. */
import { type FileHandle, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import type { RunSummary } from '../evaluate/run-facts.ts'
import type { Recipe } from '../recipes/schema.ts'
import { errorCode, fileError } from './file-errors.ts'
import { openRegularFile } from './files.ts'
import { LineTail } from './line-tail.ts'
import { damagedLine, parseEvent } from './run-events.ts'
import { openRunFolder, runFiles } from './run-folder.ts'
import { readLock } from './run-lock.ts'

/** A validation of a run: what a curve of it is drawn from. */
export interface RunEvaluation {
  readonly step: number
  /** Time of the training steps until then; null in events of other programs. */
  readonly elapsedMs: number | null
  /** 0 to 1 */
  readonly exactAccuracy: number
}

/** What a run tells beyond its summary. */
export interface RunProgress {
  /** Null where the run is damaged. */
  readonly recipe: Recipe | null
  /** Numbers that are trained; null before it has begun. */
  readonly parameters: number | null
  /** Time of all training steps so far; null before the first. */
  readonly elapsedMs: number | null
  /** In the order of their steps. */
  readonly evaluations: readonly RunEvaluation[]
}

/** One summary for each run folder directly inside `parent`, by name; hidden ones are left out. */
export async function listRuns(parent: string): Promise<RunSummary[]> {
  let names: string[]
  try {
    names = await readdir(parent)
  } catch (error) {
    throw fileError(error, parent, 'a folder of runs')
  }
  const summaries: RunSummary[] = []
  for (const name of names.sort()) {
    if (name.startsWith('.')) continue
    const path = join(parent, name)
    const isRun = await stat(join(path, runFiles.recipe)).then(
      () => true,
      () => false,
    )
    if (isRun) summaries.push(await new RunSummarizer(name, path).read())
  }
  return summaries
}

/**
 * The summary of one run, which can be read repeatedly: each time only new events are read, so watching a run of a
 * million steps costs almost nothing.
 */
export class RunSummarizer {
  readonly #name: string
  readonly #path: string
  readonly #events: LineTail
  #figures = noFigures
  #evaluations: RunEvaluation[] = []
  #recipe: Recipe | null = null

  constructor(name: string, path: string) {
    this.#name = name
    this.#path = path
    this.#events = new LineTail(() => openIfThere(join(path, runFiles.events)))
  }

  /** As of the last `read`. */
  get progress(): RunProgress {
    const { parameters, elapsedMs } = this.#figures
    return { recipe: this.#recipe, parameters, elapsedMs, evaluations: this.#evaluations }
  }

  /** One at a time: not before the summary asked for last is there. */
  async read(): Promise<RunSummary> {
    const [name, path] = [this.#name, this.#path]
    try {
      this.#recipe = null
      const run = await openRunFolder(path)
      this.#recipe = run.recipe
      // Before the events: of a run that is not running, those that are read then are all.
      const isRunning = (await readLock(run.file('lock'))).kind === 'held'
      const { step, bestExactAccuracy, end } = await this.#readEvents()
      return {
        name,
        path,
        recipe: run.recipe.name,
        step,
        steps: run.recipe.training.steps,
        bestExactAccuracy,
        status: isRunning ? 'running' : (end ?? 'stopped'),
        problem: null,
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const nothing = { recipe: null, step: 0, steps: null, bestExactAccuracy: null }
      return { name, path, ...nothing, status: 'damaged', problem: error.message }
    }
  }

  async #readEvents(): Promise<Figures> {
    for (;;) {
      const { lines, isReset, isAtEnd } = await this.#events.read()
      if (isReset) {
        this.#figures = noFigures
        this.#evaluations = []
      }
      const first = this.#events.lineCount - lines.length + 1
      for (const [index, line] of lines.entries()) this.#add(line ?? '', first + index)
      const { damage } = this.#figures
      if (damage !== null) throw damage
      if (isAtEnd) return this.#figures
    }
  }

  #add(line: string, number: number): void {
    const { step, bestExactAccuracy, suspect, damage } = this.#figures
    if (damage !== null) return
    // Power loss can leave a last line of zeros; with others behind it, the file is damaged.
    if (suspect !== null) {
      const path = join(this.#path, runFiles.events)
      this.#figures = { ...this.#figures, damage: damagedLine(path, suspect.number, suspect.line) }
      return
    }
    const event = parseEvent(line)
    if (event === null) {
      this.#figures = { ...this.#figures, suspect: { line, number } }
      return
    }
    const isScore = event.type === 'evaluation' && typeof event.exactAccuracy === 'number'
    if (isScore) this.#addEvaluation(event.step ?? 0, event)
    const { parameters, elapsedMs } = this.#figures
    this.#figures = {
      parameters: numberOf(event.type === 'start' ? event.parameters : null) ?? parameters,
      elapsedMs: numberOf(event.elapsedMs) ?? elapsedMs,
      step: Math.max(step, event.step ?? 0),
      bestExactAccuracy: isScore
        ? Math.max(bestExactAccuracy ?? 0, event.exactAccuracy as number)
        : bestExactAccuracy,
      end: event.type === 'done' || event.type === 'diverged' ? event.type : null,
      suspect: null,
      damage: null,
    }
  }

  /** A run that goes on from a checkpoint repeats what came behind it. */
  #addEvaluation(step: number, event: { readonly [key: string]: unknown }): void {
    const kept = this.#evaluations.at(-1)
    if (kept && kept.step >= step) this.#evaluations = this.#evaluations.filter((one) => one.step < step)
    this.#evaluations.push({
      step,
      elapsedMs: numberOf(event.elapsedMs),
      exactAccuracy: event.exactAccuracy as number,
    })
  }
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

interface Figures {
  readonly parameters: number | null
  readonly elapsedMs: number | null
  readonly step: number
  readonly bestExactAccuracy: number | null
  /** The last event, where it says that the run has ended. */
  readonly end: 'done' | 'diverged' | null
  /** The last line, where it is no event. */
  readonly suspect: { readonly line: string; readonly number: number } | null
  readonly damage: InputError | null
}

const noFigures: Figures = {
  parameters: null,
  elapsedMs: null,
  step: 0,
  bestExactAccuracy: null,
  end: null,
  suspect: null,
  damage: null,
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await openRegularFile(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw fileError(error, path, 'a file to read')
  }
}
