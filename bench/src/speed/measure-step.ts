/** Measures a training step on one executor, in a process of its own, so that the peak of memory is its own too. */
import { type ExecutorName, openExecutor } from '@tiny-recursive-models/tensor/node'
import { findRecipe, loadDataSets, overrideRecipe, train } from '@tiny-recursive-models/trm'
import { TrainingEngine } from '@tiny-recursive-models/trm/train'
import { anyBatch, benchModels } from './models.ts'

export interface StepSpeed {
  /** Name of the executor, with its threads. */
  readonly executor: string
  /** Milliseconds of each step, the first (which warms up) left out. */
  readonly stepMs: readonly number[]
  /** Resident memory of the whole process at its highest. */
  readonly peakMiB: number
}

/** @param work a model of the speed table, or a recipe with generated data */
async function measure(work: string, name: ExecutorName, threads: number, steps: number): Promise<StepSpeed> {
  const executor = await openExecutor({ executor: name, threads })
  const model = benchModels.find((model) => model.name === work)
  const ends: number[] = []
  if (model) {
    const engine = await TrainingEngine.create(executor, model.config, { seed: 1 })
    const batch = anyBatch(model.config)
    for (let step = 1; step <= steps + 1; step++) {
      await engine.step(batch, { step, learningRate: 1e-4, puzzleLearningRate: 1e-4 })
      ends.push(performance.now())
    }
  } else {
    const settings = ['training.evaluateEvery=0', 'optimizer.warmupSteps=1', 'training.workers=1']
    const recipe = overrideRecipe(findRecipe(work), [`training.steps=${steps + 1}`, ...settings])
    const data = await loadDataSets(recipe.data, (path) =>
      Promise.reject(new Error(`generated data reads no file: ${path}`)),
    )
    for await (const event of train({ recipe, data, executor }))
      if (event.type === 'step') ends.push(event.elapsedMs)
  }
  const stepMs = ends.slice(1).map((end, index) => end - ends[index]!)
  return { executor: executor.name, stepMs, peakMiB: process.resourceUsage().maxRSS / 1024 }
}

const [work, executor, threads, steps] = process.argv.slice(2)
console.log(JSON.stringify(await measure(work!, executor as ExecutorName, Number(threads), Number(steps))))
process.exit(0)
