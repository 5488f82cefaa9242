import type { Executor } from '@tiny-recursive-models/tensor'
import type { ExecutorOptions } from '@tiny-recursive-models/tensor/node'
import { chooseExecutor, openExecutor, type Workload } from '@tiny-recursive-models/trm/node'
import { describeChoice } from '../output/executor-choice.ts'
import type { Progress } from '../output/progress.ts'
import { type ComputingOptions, computingOf } from './options.ts'

/** What the options name; `auto` is the executor that is faster at this work, as far as that is worth finding out. */
export async function computingFor(
  workload: Workload,
  options: ComputingOptions,
  progress: Progress,
): Promise<ExecutorOptions> {
  const computing = computingOf(options)
  if ((options.executor ?? 'auto') !== 'auto') return computing
  const choice = chooseExecutor(workload, computing)
  for (;;) {
    const { done, value } = await choice.next()
    if (done) return { ...computing, ...(value && { executor: value }) }
    if (value.type === 'chosen') progress.note(describeChoice(value))
    else progress.update(null, 'measuring which executor is faster …')
  }
}

/** Opens it. */
export const openFor = async (
  workload: Workload,
  options: ComputingOptions,
  progress: Progress,
): Promise<Executor> => openExecutor(await computingFor(workload, options, progress))
