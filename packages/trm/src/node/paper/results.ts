/** The figures of the comparison with the paper, from the reports of its runs. */

import type { MachineFacts, RunReport } from '../../evaluate/run-facts.ts'
import type { Spread } from '../../evaluate/spread.ts'
import { forwardPasses, netCalls } from '../../models/config.ts'
import { type PaperVariantName, paperVariants, publishedAccuracy } from '../../recipes/paper.ts'
import type { Recipe } from '../../recipes/schema.ts'
import { machineFacts } from '../machine.ts'
import { figuresOf, groupBy, type RunFigures, type SpreadFigures, spreadFigures } from '../sweep/figures.ts'
import type { PaperJob } from './plan.ts'

/** One run of a model of the paper. */
export interface PaperRun extends RunFigures {
  readonly seed: number
  readonly folder: string
}

/** One model over its seeds. */
export interface PaperRow extends SpreadFigures {
  readonly variant: PaperVariantName
  readonly description: string
  readonly parameters: number
  /** Per optimiser step, forward only: supervision steps, calls of a net, and blocks in these calls. */
  readonly forwardPasses: number
  readonly netCalls: number
  readonly blockCalls: number
  readonly steps: Spread
  readonly trainingSeconds: Spread
  /** What the paper reports on the full-size data; null where it has no such row. */
  readonly published: { readonly exactAccuracy: number | null; readonly millionParameters: number | null }
  readonly runs: readonly PaperRun[]
}

/** All models on one base recipe. */
export interface PaperTable {
  readonly base: string
  /** The recipe of the first row: data and training settings are those of all. */
  readonly recipe: Recipe
  readonly data: RunReport['data'] | null
  /** Puzzles of the test set that were scored. */
  readonly testPuzzles: number
  readonly rows: readonly PaperRow[]
}

/** The results of a comparison with the paper, as they are written to results.json. */
export interface PaperResults {
  readonly format: 1
  readonly command: string | null
  readonly threads: number
  readonly jobs: number
  readonly machine: MachineFacts
  readonly tables: readonly PaperTable[]
}

export interface FinishedJob {
  readonly job: PaperJob
  readonly report: RunReport
}

/** One table a base and one row a model, in the order of the plan; models without a finished run are left out. */
export function paperResults(
  finished: readonly FinishedJob[],
  settings: Pick<PaperResults, 'command' | 'threads' | 'jobs'>,
): PaperResults {
  const ordered = [...finished].sort((left, right) => left.job.index - right.job.index)
  const tables = [...groupBy(ordered, ({ job }) => job.base)].map(([base, ofBase]): PaperTable => {
    const first = ofBase[0]!
    return {
      base,
      recipe: first.job.recipe,
      data: first.report.data,
      testPuzzles: first.report.test?.full.puzzles ?? 0,
      rows: [...groupBy(ofBase, ({ job }) => job.variant).values()].map(rowOf),
    }
  })
  return { format: 1, ...settings, machine: machineFacts(), tables }
}

function rowOf(finished: readonly FinishedJob[]): PaperRow {
  const { job, report } = finished[0]!
  const { variant, recipe } = job
  const { description, millionParameters } = paperVariants[variant]
  const runs = finished.map(runOf)
  const { steps, trainingSeconds, ...accuracies } = spreadFigures(runs)
  const calls = netCalls(recipe.model)
  return {
    variant,
    description,
    parameters: report.parameters,
    forwardPasses: forwardPasses(recipe.model),
    netCalls: calls,
    blockCalls: calls * recipe.model.blocks,
    ...accuracies,
    // There is no row without a run.
    steps: steps!,
    trainingSeconds: trainingSeconds!,
    published: {
      exactAccuracy: publishedAccuracy(variant, recipe.data),
      millionParameters,
    },
    runs,
  }
}

const runOf = ({ job, report }: FinishedJob): PaperRun => ({
  seed: job.seed,
  folder: job.folder,
  ...figuresOf(report),
})
