/** A process that measures one executor: a training step of a model or recipe, or puzzles per second. */
import { matmulOperations } from '@tiny-recursive-models/tensor'
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import { traceTrainingStep } from '@tiny-recursive-models/trm/train'
import { answer, type Facts, timed } from './contestants.ts'
import { inferenceRuns } from './inference.ts'
import { benchModels } from './models.ts'
import type { Task } from './sides.ts'
import { modelSteps, recipeSteps } from './training.ts'

const {
  what,
  name,
  executor: executorName,
  threads,
  recompute,
  precision,
  puzzles,
} = JSON.parse(process.argv[2]!) as Task
const executor = await openExecutor({ executor: executorName, threads })

const memory = (): Facts => ({ peakMiB: process.resourceUsage().maxRSS / 1024 })

switch (what) {
  case 'model': {
    const { config } = benchModels.find((model) => model.name === name)!
    const model = { ...config.model, precision }
    const step = await modelSteps(executor, { ...config, model, recompute })
    await answer(timed(step), () => ({
      ...memory(),
      // A recomputed call of the net costs its forward pass once more; only the useful work counts.
      gflop: matmulOperations(traceTrainingStep({ ...config, recompute: false })) / 1e9,
    }))
    break
  }
  case 'recipe':
    await answer(timed(await recipeSteps(executor, name)), memory)
    break
  case 'inference':
    await answer(await inferenceRuns(executor, name, puzzles), memory)
    break
}
