/** Tells a run to a tracker after the fact, from what its folder has recorded. */
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { openRunFolder, type RunFolder } from '../run-folder.ts'
import { isReport } from '../run-report.ts'
import { figuresOf, figuresOfReport } from './figures.ts'
import { openTracker } from './track-run.ts'
import type { TrackedFigures, TrackerChoice } from './tracker.ts'

/** So many are told at once, for the sake of progress. */
const figuresAtOnce = 500

/**
 * Tells the whole run to a tracker, as a new run where that keeps several.
 *
 * @param onProgress told how many moments of the run have been told, of how many
 * @throws InputError if the folder holds no run, or the tracker does not take it
 */
export async function exportRun(
  folder: string,
  choice: TrackerChoice,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const run = await openRunFolder(folder)
  const startedMs = await startOf(run)
  const figures = await recordedFigures(run, startedMs)
  const tracker = openTracker(choice)
  onProgress(0, figures.length)
  try {
    const name = basename(resolve(folder))
    await tracker.begin({ name, folder, recipe: run.recipe, resumedFrom: null, startedMs })
    for (let from = 0; from < figures.length; from += figuresAtOnce) {
      await tracker.record(figures.slice(from, from + figuresAtOnce))
      onProgress(Math.min(figures.length, from + figuresAtOnce), figures.length)
    }
    await tracker.end('done')
  } finally {
    await tracker.close()
  }
}

/**
 * The run as CSV: a line for each moment that was measured, a column for each figure, empty where there is none.
 * @throws InputError if the folder holds no run
 */
export async function runCsv(folder: string): Promise<string> {
  const run = await openRunFolder(folder)
  const figures = await recordedFigures(run, 0)
  const names = [...new Set(figures.flatMap(({ values }) => Object.keys(values)))]
  const lines = figures.map(({ step, timeMs, values }) =>
    [step, (timeMs / 1000).toFixed(3), ...names.map((name) => values[name] ?? '')].join(','),
  )
  return `${[['step', 'seconds', ...names].join(','), ...lines].join('\n')}\n`
}

async function recordedFigures(run: RunFolder, startedMs: number): Promise<TrackedFigures[]> {
  const events = await run.readEvents()
  const figures: TrackedFigures[] = []
  // Events that tell no time happened when the one before them did.
  let elapsedMs = 0
  for (const event of events) {
    if (event.type === 'step' && typeof event.elapsedMs === 'number') elapsedMs = event.elapsedMs
    const values = figuresOf(event)
    if (values !== null) figures.push({ step: event.step ?? 0, timeMs: startedMs + elapsedMs, values })
  }
  const report = await run.readJson('report')
  if (isReport(report))
    figures.push({ step: report.steps, timeMs: startedMs + elapsedMs, values: figuresOfReport(report) })
  return figures
}

/** The events tell how long the training took, but not when it was: that the first files of the run know. */
async function startOf(run: RunFolder): Promise<number> {
  const { birthtimeMs, mtimeMs } = await stat(run.file('data')).catch(() => stat(run.file('recipe')))
  return birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs
}
