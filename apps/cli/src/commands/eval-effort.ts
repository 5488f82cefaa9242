/** `trm eval --effort`: what more thinking gives, and what it costs. */
import { type AnyPuzzleSet, boardOfData, type Executor } from '@tiny-recursive-models/trm'
import { effortLadder, measureEfforts } from '@tiny-recursive-models/trm/evaluate'
import { grouped, plural } from '@tiny-recursive-models/trm/format'
import type { OpenedModel } from '@tiny-recursive-models/trm/node'
import { attemptsEffort, type EffortOptions } from '../options/effort.ts'
import { given } from '../options/options.ts'
import { describeEffort, type MeasuredWay } from '../output/evaluation.ts'
import type { Progress } from '../output/progress.ts'

/** Measures one way of thinking after the other; null where it was interrupted. */
export async function measureWays(
  executor: Executor,
  { model, recipe }: OpenedModel,
  set: AnyPuzzleSet,
  options: EffortOptions & { readonly maxSteps?: number },
  progress: Progress,
  shouldStop: () => boolean,
): Promise<readonly MeasuredWay[] | null> {
  const efforts = effortLadder(recipe.model.supervisionSteps, model.config, {
    ...given('maxSteps', options.maxSteps),
    several: attemptsEffort(options),
  })
  const board = boardOfData(recipe.data, model.config)
  const settings = {
    ...given('isValid', board?.rule?.isSolved),
    ...given('symmetry', board?.symmetry),
    shouldStop,
  }
  for await (const event of measureEfforts(executor, model, set, efforts, settings)) {
    if (event.type === 'done')
      return event.reports.map((report) => ({ way: describeEffort(report.effort), report }))
    const { effort, done, total } = event
    const text = `${describeEffort(effort)}: ${grouped(done)} of ${plural(total, 'puzzle')}`
    progress.update(done / total, text)
  }
  return null
}
