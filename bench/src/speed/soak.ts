/** A day of training in short: many steps of a tiny recipe, while memory has to stay as it is. */

import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type ExecutorName, openExecutor } from '@tiny-recursive-models/tensor/node'
import { findRecipe, loadDataSets, overrideRecipe, train } from '@tiny-recursive-models/trm'
import { median } from './median.ts'
import { noFile } from './training.ts'

/** Resident memory at the end may be so much above that after a quarter of the steps. */
const mostGrowth = 1.1

/** @returns whether memory stayed flat */
export async function soak(steps: number, executorName: ExecutorName, threads: number): Promise<boolean> {
  const recipe = overrideRecipe(findRecipe('sudoku-4x4'), [
    `training.steps=${steps}`,
    'training.batch=4',
    'training.evaluateEvery=0',
    'training.checkpointEvery=0',
    'model.width=8',
    'model.latentUpdates=1',
  ])
  const data = await loadDataSets(recipe.data, noFile)
  const executor = await openExecutor({ executor: executorName, threads })
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  console.log(`${steps} steps of a tiny sudoku-4x4 on ${executorName}, ${threads} threads\n`)
  console.log('| step | steps/s | resident MiB | JavaScript heap MiB | buffers MiB |')
  console.log('| ---: | ---: | ---: | ---: | ---: |')
  // What is only not collected yet is no growth.
  v8.setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const resident: number[] = []
  const every = Math.max(1, Math.floor(steps / 20))
  let before = performance.now()
  for await (const event of train({ recipe, data, executor })) {
    if (event.type !== 'step') continue
    if (event.step % Math.ceil(every / 10) !== 0) continue
    collect()
    resident.push(process.memoryUsage.rss())
    if (event.step % (10 * Math.ceil(every / 10)) !== 0) continue
    const { rss, heapUsed, external } = process.memoryUsage()
    const now = performance.now()
    const rate = ((10_000 * Math.ceil(every / 10)) / (now - before)).toFixed(0)
    before = now
    console.log(`| ${event.step} | ${rate} | ${[rss, heapUsed, external].map(mebibytes).join(' | ')} |`)
  }
  const quarter = Math.floor(resident.length / 4)
  const [early, late] = [median(resident.slice(quarter, 2 * quarter)), median(resident.slice(-quarter))]
  const isFlat = late <= mostGrowth * early
  console.log(
    `\nResident memory, medians: ${mebibytes(early)} MiB in the second quarter, ${mebibytes(late)} in the last: ${isFlat ? 'flat' : 'it grows'}.`,
  )
  return isFlat
}
