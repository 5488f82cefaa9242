/** The runs in a folder with their key figures. */
import { type FileHandle, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import type { RunSummary } from '../evaluate/run-facts.ts'
import { errorCode, fileError } from './file-errors.ts'
import { openRegularFile } from './files.ts'
import { LineTail } from './line-tail.ts'
import { damagedLine, parseEvent } from './run-events.ts'
import { openRunFolder, runFiles } from './run-folder.ts'
import { readLock } from './run-lock.ts'

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

  constructor(name: string, path: string) {
    this.#name = name
    this.#path = path
    this.#events = new LineTail(() => openIfThere(join(path, runFiles.events)))
  }

  /** One at a time: not before the summary asked for last is there. */
  async read(): Promise<RunSummary> {
    const [name, path] = [this.#name, this.#path]
    try {
      const run = await openRunFolder(path)
      // Before the events: of a run that is not running, those that are read then are all.
      const isRunning = (await readLock(run.file('lock'))).kind === 'held'
      const { step, bestExactAccuracy, isDone } = await this.#readEvents()
      return {
        name,
        path,
        recipe: run.recipe.name,
        step,
        steps: run.recipe.training.steps,
        bestExactAccuracy,
        status: isRunning ? 'running' : isDone ? 'done' : 'stopped',
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
      if (isReset) this.#figures = noFigures
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
    this.#figures = {
      step: Math.max(step, event.step ?? 0),
      bestExactAccuracy: isScore
        ? Math.max(bestExactAccuracy ?? 0, event.exactAccuracy as number)
        : bestExactAccuracy,
      isDone: event.type === 'done',
      suspect: null,
      damage: null,
    }
  }
}

interface Figures {
  readonly step: number
  readonly bestExactAccuracy: number | null
  /** The last event is `done`. */
  readonly isDone: boolean
  /** The last line, where it is no event. */
  readonly suspect: { readonly line: string; readonly number: number } | null
  readonly damage: InputError | null
}

const noFigures: Figures = {
  step: 0,
  bestExactAccuracy: null,
  isDone: false,
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
