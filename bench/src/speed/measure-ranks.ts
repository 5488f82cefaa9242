/** A process that measures a training step by itself, or with the other ranks that a launcher has started. */
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import { launchOf, type MpiRanks, openMpiRanks, pieceRunnerOf } from '@tiny-recursive-models/trm/node'
import { answer, type Facts, timed } from './contestants.ts'
import { median } from './median.ts'
import { benchModels } from './models.ts'
import type { RankTask } from './rank-sides.ts'
import { modelSteps, recipeSteps, structuredRecipe } from './training.ts'

const task = JSON.parse(process.argv[2]!) as RankTask
// The others wait for as long as the sides in between take.
const ranks = launchOf(process.env) ? await openMpiRanks({ timeoutSeconds: 3600 }) : undefined
const run = task.what === 'sums' ? sums(ranks!, task.lengths) : await step(task)
const memory = (): Facts => ({ peakMiB: process.resourceUsage().maxRSS / 1024 })

if (!ranks) await answer(run, memory)
else if (ranks.rank === 0) {
  const tell = (word: string) => ranks.broadcast(new TextEncoder().encode(word))
  await answer(
    async () => {
      await tell('run')
      return run()
    },
    async () => {
      await tell('end')
      await ranks.close()
      return memory()
    },
  )
} else {
  while (new TextDecoder().decode(await ranks.broadcast(null)) === 'run') await run()
  await ranks.close()
  process.exit(0)
}

async function step({
  what,
  name,
  executor: named,
  pieces,
  workers,
  gradientPrecision,
}: Exclude<RankTask, { what: 'sums' }>) {
  const executor = await openExecutor({ executor: named, threads: 1 })
  const helped = { ...(ranks && { ranks }), ...(gradientPrecision && { gradientPrecision }) }
  return timed(
    what === 'model' ? await ofModel() : await recipeSteps(executor, name, { ...helped, pieces, workers }),
  )

  async function ofModel() {
    const { config } = benchModels.find((model) => model.name === name)!
    const inPieces = { ...config, microBatch: config.batch / pieces }
    const { training } = structuredRecipe('sudoku-6x6', [`training.workers=${workers}`])
    const { pieceRunner } = pieceRunnerOf({ training }, executor)
    const runner = workers > 1 ? await pieceRunner!(inPieces) : null
    return modelSteps(executor, inPieces, { ...helped, runner })
  }
}

/** Milliseconds of a sum of each length: the median of some, after one that warms up. */
function sums(all: MpiRanks, lengths: readonly number[]) {
  return async () => {
    const found: number[] = []
    for (const length of lengths) {
      const sum = all.openSum(length)
      await sum.run()
      const times: number[] = []
      for (let turn = 0; turn < 9; turn++) {
        const started = performance.now()
        await sum.run()
        times.push(performance.now() - started)
      }
      sum.close()
      found.push(median(times))
    }
    return found
  }
}
