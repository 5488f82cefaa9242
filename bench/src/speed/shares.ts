/** Where the time of a training step goes, on one thread of the executor of our own. */
import { createWasmExecutor, Stopwatch, type TimedProgram } from '@tiny-recursive-models/tensor'
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import { median } from './median.ts'
import { benchModels } from './models.ts'
import { modelSteps, recipeSteps } from './training.ts'

export const kindsOfWork = [
  'products',
  'sparse products',
  'loops',
  'loops with reductions',
  'copies',
  'rows of tables',
] as const
type Kind = (typeof kindsOfWork)[number]

type TimedStep = TimedProgram['compiled']['plan']['steps'][number]

/** What only moves numbers. */
const copied = new Set(['reshape', 'transpose', 'concatenate', 'slice', 'broadcast'])

function kindOf({ work }: TimedStep): Kind {
  switch (work.is) {
    case 'product':
      return 'products'
    case 'sparseProduct':
      return 'sparse products'
    case 'gatherRows':
    case 'scatterAddRows':
      return 'rows of tables'
    case 'loop': {
      const { values } = work.loop
      if (values.some(({ role }) => role === 'kept')) return 'loops with reductions'
      return values.every(({ node }) => copied.has(node.operation)) ? 'copies' : 'loops'
    }
  }
}

export interface Shares {
  /** Milliseconds of each kind in a step, the medians of the steps of its programs added up. */
  readonly ms: Readonly<Record<Kind, number>>
  /** Of products alone, not the sparse ones. */
  readonly gflopPerSecond: number
}

/** Of a model of the table or a recipe. */
export async function measureShares(name: string, steps: number): Promise<Shares> {
  // Turns relaxed SIMD on where it is behind a flag.
  await openExecutor({ executor: 'wasm', threads: 1 })
  const stopwatch = new Stopwatch()
  const executor = createWasmExecutor({ stopwatch })
  const config = benchModels.find((model) => model.name === name)?.config
  const step = config ? await modelSteps(executor, config) : await recipeSteps(executor, name)
  await step()
  stopwatch.reset()
  for (let count = 0; count < steps; count++) await step()
  const ms: Record<Kind, number> = Object.fromEntries(kindsOfWork.map((kind) => [kind, 0])) as Record<
    Kind,
    number
  >
  let operations = 0
  for (const { compiled, runs } of stopwatch.programs) {
    // Pieces of a batch run a program several times a step.
    const times = runs.length / steps
    for (const [index, each] of compiled.plan.steps.entries()) {
      if (runs.length === 0) continue
      ms[kindOf(each)] += times * median(runs.map((run) => run[index]!))
      if (each.work.is === 'product') {
        const { lengths, matrix } = each.work.batch
        const { rows, columns, depth } = matrix
        operations += 2 * times * lengths.reduce((all, length) => all * length, rows * columns * depth)
      }
    }
  }
  return { ms, gflopPerSecond: operations / ms.products / 1e6 }
}
