/** Measures one model of the speed table in a process of its own, so that the peak of memory is its own too. */
import {
  floatTensor,
  matmul,
  matmulOperations,
  type RunnableProgram,
  slice,
  trace,
  Workspace,
} from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { TrainingEngine, traceTrainingStep } from '@tiny-recursive-models/trm/train'
import { median } from './median.ts'
import { anyBatch, benchModels } from './models.ts'

export interface TrainingSpeed {
  readonly name: string
  readonly recompute: boolean
  readonly stepMs: number
  readonly gflop: number
  readonly gflopPerSecond: number
  /** A plain float32 product of 2048 × 2048 matrices, measured between the steps. */
  readonly gemmGflopPerSecond: number
  /** Resident memory of the whole process at its highest. */
  readonly peakMiB: number
}

const gemmSize = 2048

async function plainGemm(workspace: Workspace): Promise<RunnableProgram> {
  const shape = [gemmSize, gemmSize]
  const type = { shape, dtype: 'float32' } as const
  const program = trace(
    'plain product',
    { feeds: {}, states: { left: type, right: type } },
    ({ states }) => ({
      outputs: { row: slice(matmul(states.left, states.right, { transposeRight: true }), 0, 0, 1) }, // the whole product is computed, one row read
    }),
  )
  const values = Float32Array.from({ length: gemmSize ** 2 }, (_, index) => Math.sin(index))
  await workspace.write('left', floatTensor(shape, values))
  await workspace.write('right', floatTensor(shape, values))
  return await workspace.compile(program)
}

async function measure(
  name: string,
  threads: number,
  repetitions: number,
  recompute: boolean,
): Promise<TrainingSpeed> {
  const config = { ...benchModels.find((model) => model.name === name)!.config, recompute }
  const executor = await openOrtExecutor({ threads })
  const gemm = await plainGemm(new Workspace(executor))
  const engine = await TrainingEngine.create(executor, config, { seed: 1 })
  const batch = anyBatch(config)
  // A recomputed net call costs its forward pass once more; only the useful work counts.
  const gflop = matmulOperations(traceTrainingStep({ ...config, recompute: false })) / 1e9

  const timed = async (work: () => Promise<unknown>) => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  const [steps, products]: [number[], number[]] = [[], []]
  await gemm.run({})
  await engine.step(batch, { step: 1, learningRate: 1e-4, puzzleLearningRate: 1e-4 })
  for (let step = 2; step < repetitions + 2; step++) {
    products.push(await timed(() => gemm.run({})))
    steps.push(await timed(() => engine.step(batch, { step, learningRate: 1e-4, puzzleLearningRate: 1e-4 })))
    products.push(await timed(() => gemm.run({})))
  }
  const stepMs = median(steps)
  return {
    name,
    recompute,
    stepMs,
    gflop,
    gflopPerSecond: (1000 * gflop) / stepMs,
    gemmGflopPerSecond: (2 * gemmSize ** 3) / median(products) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }
}

const [name, threads, repetitions, recompute] = process.argv.slice(2)
console.log(
  JSON.stringify(await measure(name!, Number(threads), Number(repetitions), recompute === 'recompute')),
)
