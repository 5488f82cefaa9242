/** The runs in a folder with their key figures. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { fileError } from './file-errors.ts'
import { openRunFolder, runFiles } from './run-folder.ts'
import { readLock } from './run-lock.ts'

/** `done` recorded its end, `stopped` did not and has no trainer, `damaged` cannot be read (see `problem`). */
export type RunStatus = 'running' | 'done' | 'stopped' | 'damaged'

export interface RunSummary {
  readonly name: string
  readonly path: string
  /** The recipe's name; null where the run is damaged. */
  readonly recipe: string | null
  /** The last optimiser step in the events, and how many there shall be. */
  readonly step: number
  readonly steps: number | null
  /** The highest `exactAccuracy` of the `evaluation` events, 0 to 1. */
  readonly bestExactAccuracy: number | null
  readonly status: RunStatus
  readonly problem: string | null
}

/** One summary for each run folder directly inside `parent`, by name. */
export async function listRuns(parent: string): Promise<RunSummary[]> {
  let names: string[]
  try {
    names = await readdir(parent)
  } catch (error) {
    throw fileError(error, parent, 'a folder of runs')
  }
  const summaries: RunSummary[] = []
  for (const name of names.sort()) {
    const path = join(parent, name)
    const isRun = await stat(join(path, runFiles.recipe)).then(
      () => true,
      () => false,
    )
    if (isRun) summaries.push(await summarize(name, path))
  }
  return summaries
}

async function summarize(name: string, path: string): Promise<RunSummary> {
  try {
    const run = await openRunFolder(path)
    const events = await run.readEvents()
    let step = 0
    let bestExactAccuracy: number | null = null
    for (const event of events) {
      step = Math.max(step, event.step ?? 0)
      if (event.type === 'evaluation' && typeof event.exactAccuracy === 'number') {
        bestExactAccuracy = Math.max(bestExactAccuracy ?? 0, event.exactAccuracy)
      }
    }
    const isRunning = (await readLock(run.file('lock'))).kind === 'held'
    const ended = events.at(-1)?.type === 'done' ? 'done' : 'stopped'
    return {
      name,
      path,
      recipe: run.recipe.name,
      step,
      steps: run.recipe.training.steps,
      bestExactAccuracy,
      status: isRunning ? 'running' : ended,
      problem: null,
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const nothing = { recipe: null, step: 0, steps: null, bestExactAccuracy: null }
    return { name, path, ...nothing, status: 'damaged', problem: error.message }
  }
}
