/** A rank of mpi-training.test.ts: trains as rank 0 is told, which prints its events; and its number, to be killed by. */
import { parseArgs } from 'node:util'
import { executorChoices } from '@tiny-recursive-models/tensor/node'
import { launchOf } from '../../src/node/mpi/launch.ts'
import { trainInWorker } from '../../src/node/train-in-worker.ts'
import { parseRecipe } from '../../src/recipes/schema.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    recipe: { type: 'string' },
    /** The folder that all are in, but rank 1, which is elsewhere. */
    common: { type: 'string' },
    elsewhere: { type: 'string' },
    executor: { type: 'string' },
    timeout: { type: 'string', default: '60' },
  },
})
const launch = launchOf(process.env)
if (!launch || values.folder === undefined || values.recipe === undefined)
  throw new Error('not started as a rank')
const place = launch.rank === 1 ? values.elsewhere : values.common
if (place !== undefined) process.chdir(place)
process.stdout.write(`${JSON.stringify({ type: 'process', rank: launch.rank, pid: process.pid })}\n`)
const training = trainInWorker({
  folder: values.folder,
  recipe: launch.rank > 0 ? null : parseRecipe(JSON.parse(values.recipe), 'recipe'),
  resume: true,
  threads: 1,
  executor: executorChoices.find((name) => name === values.executor) ?? 'auto',
  mpi: { launch, timeoutSeconds: Number(values.timeout) },
})
process.on('SIGTERM', () => training.stop())
process.on('SIGUSR2', () => training.stop())
try {
  for await (const event of training.events) {
    if (event.type !== 'testing') process.stdout.write(`${JSON.stringify(event)}\n`)
  }
} catch (error) {
  process.stderr.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`)
}
