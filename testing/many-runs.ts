/** Folders of runs that nobody has trained, as `trm train` would have left them: to see how many the page can bear. */
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findRecipe, overrideRecipe } from '@tiny-recursive-models/trm'

const widths = [16, 32, 64, 128]
const rates = ['0.001', '0.002', '0.004']

/** Runs run-000, run-001 and so on, each begun a minute after the one before. */
export async function makeManyRuns(folder: string, count: number): Promise<void> {
  const begun = Date.UTC(2026, 0, 1) / 1000
  for (let index = 0; index < count; index++) {
    const width = widths[index % widths.length]!
    const rate = rates[Math.floor(index / widths.length) % rates.length]!
    const seed = Math.floor(index / (widths.length * rates.length))
    const recipe = overrideRecipe(findRecipe('sudoku-4x4-trm'), [
      `model.width=${width}`,
      `optimizer.learningRate=${rate}`,
      `training.seed=${seed}`,
    ])
    const path = join(folder, `run-${String(index).padStart(3, '0')}`)
    await mkdir(join(path, 'checkpoints'), { recursive: true })
    await writeFile(join(path, 'recipe.json'), JSON.stringify(recipe))
    await writeFile(join(path, 'events.jsonl'), eventsOf(width, seed, recipe.training.steps))
    await utimes(join(path, 'recipe.json'), begun + 60 * index, begun + 60 * index)
  }
}

function eventsOf(width: number, seed: number, steps: number): string {
  const best = 0.4 + 0.13 * Math.log2(width / 8) + 0.01 * (seed % 7)
  const shareAt = (step: number): number => best * (1 - Math.exp((-4 * step) / steps))
  const events: object[] = [
    { type: 'start', step: 0, totalSteps: steps, parameters: 100 * width ** 2, batch: 64 },
  ]
  for (let step = 1; step <= steps; step++) {
    const [loss, elapsedMs] = [2 - shareAt(step), width * step]
    events.push({ type: 'step', step, loss, answerLoss: loss, haltLoss: 0.1, elapsedMs })
    if (step % 20 > 0) continue
    const exactByStep = [0.5, 0.8, 0.9, 1].map((share) => share * shareAt(step))
    const exactAccuracy = exactByStep.at(-1)
    events.push({
      type: 'evaluation',
      step,
      exactAccuracy,
      cellAccuracy: 0.9,
      puzzles: 50,
      exactByStep,
      elapsedMs,
    })
  }
  events.push({ type: 'done', step: steps, reason: 'steps', elapsedMs: width * steps })
  return `${events.map((event) => JSON.stringify(event)).join('\n')}\n`
}
