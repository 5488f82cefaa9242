/** The figures of the comparison with the paper, from the reports of its runs. */

import type { EndReason, MachineFacts, RunReport } from '../../evaluate/run-facts.ts'
import { type Spread, spreadOf } from '../../evaluate/spread.ts'
import { forwardPasses, netCalls } from '../../models/config.ts'
import { type PaperVariantName, paperVariants, publishedAccuracy } from '../../recipes/paper.ts'
import type { Recipe } from '../../recipes/schema.ts'
import { machineFacts } from '../machine.ts'
import type { PaperJob } from './plan.ts'

/** One run. Shares are 0 to 1, on the test set; null where there is none, or no rule that tells what is valid. */
export interface PaperRun {
  readonly seed: number
  readonly folder: string
  readonly exactAccuracy: number | null
  readonly cellAccuracy: number | null
  readonly validAccuracy: number | null
  /** With early halting, and the supervision steps that it took on average. */
  readonly earlyAccuracy: number | null
  readonly meanSteps: number | null
  /** Optimiser steps done and why they ended, and the step whose weights were tested: the best by validation. */
  readonly steps: number
  readonly reason: EndReason
  readonly testedStep: number
  readonly trainingSeconds: number
}

/** One model over its seeds. */
export interface PaperRow {
  readonly variant: PaperVariantName
  readonly description: string
  readonly parameters: number
  /** Per optimiser step, forward only: supervision steps, calls of a net, and blocks in these calls. */
  readonly forwardPasses: number
  readonly netCalls: number
  readonly blockCalls: number
  readonly exactAccuracy: Spread | null
  readonly cellAccuracy: Spread | null
  readonly validAccuracy: Spread | null
  readonly earlyAccuracy: Spread | null
  readonly meanSteps: Spread | null
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
  const over = (key: 'exactAccuracy' | 'cellAccuracy' | 'validAccuracy' | 'earlyAccuracy' | 'meanSteps') =>
    spreadOf(runs.flatMap((run) => run[key] ?? []))
  const calls = netCalls(recipe.model)
  return {
    variant,
    description,
    parameters: report.parameters,
    forwardPasses: forwardPasses(recipe.model),
    netCalls: calls,
    blockCalls: calls * recipe.model.blocks,
    exactAccuracy: over('exactAccuracy'),
    cellAccuracy: over('cellAccuracy'),
    validAccuracy: over('validAccuracy'),
    earlyAccuracy: over('earlyAccuracy'),
    meanSteps: over('meanSteps'),
    steps: spreadOf(runs.map(({ steps }) => steps))!,
    trainingSeconds: spreadOf(runs.map(({ trainingSeconds }) => trainingSeconds))!,
    published: {
      exactAccuracy: publishedAccuracy(variant, recipe.data),
      millionParameters,
    },
    runs,
  }
}

function runOf({ job, report }: FinishedJob): PaperRun {
  const { test, weights } = report
  return {
    seed: job.seed,
    folder: job.folder,
    exactAccuracy: test?.full.exactAccuracy ?? null,
    cellAccuracy: test?.full.cellAccuracy ?? null,
    validAccuracy: test?.full.validAccuracy ?? null,
    earlyAccuracy: test?.early.exactAccuracy ?? null,
    meanSteps: test?.early.meanSteps ?? null,
    steps: report.steps,
    reason: report.reason,
    testedStep: weights.step,
    trainingSeconds: report.trainingSeconds,
  }
}

/** Groups in the order in which each first appears. */
function groupBy<Value, Key>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}
