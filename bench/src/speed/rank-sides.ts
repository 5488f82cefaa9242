/** Two ranks of a training beside one process, on this machine. */
import { fileURLToPath } from 'node:url'
import type { ExecutorName } from '@tiny-recursive-models/tensor/node'
import { type Launcher, launchers } from '../../../testing/mpirun.ts'
import type { Side } from './contestants.ts'
import type { Precision } from './training.ts'

/** What a process, or each of several ranks, is asked to measure. */
export type RankTask =
  | {
      /** A training step. */
      readonly what: 'model' | 'recipe'
      /** Of the model of the table, or of the recipe. */
      readonly name: string
      readonly executor: ExecutorName
      /** Pieces of the batch, one for each of those that compute side by side. */
      readonly pieces: number
      /** Threads of one process that compute pieces; 1 where ranks do. */
      readonly workers: number
      /** What gradients travel as between ranks; float32 by default. */
      readonly gradientPrecision?: Precision
    }
  /** Sums of so many numbers, over all ranks. */
  | { readonly what: 'sums'; readonly lengths: readonly number[] }

/** Open MPI, whose transport is named by an option; undefined where there is none. */
export const openMpi: Launcher | undefined = launchers.find(({ name }) => name === 'Open MPI')

const measure = (task: RankTask): string[] => [
  ...['--import', 'tsx', fileURLToPath(new URL('./measure-ranks.ts', import.meta.url))],
  JSON.stringify(task),
]

export const aloneSide = (label: string, task: RankTask): Side => ({
  label,
  command: process.execPath,
  args: measure(task),
})

/** @param transport what Open MPI moves bytes with; by default what it finds best */
export const rankSide = (
  label: string,
  { command, options }: Launcher,
  ranks: number,
  task: RankTask,
  transport: 'tcp' | null = null,
): Side => ({
  label,
  command,
  args: [
    ...[...options, '-n', String(ranks)],
    ...(transport ? ['--mca', 'btl', `${transport},self`, '--mca', 'pml', 'ob1'] : []),
    ...[process.execPath, ...measure(task)],
  ],
})
