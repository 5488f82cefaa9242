/** Two ranks of a training beside one process, on this machine. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ExecutorName } from '@tiny-recursive-models/tensor/node'
import type { Side } from './contestants.ts'

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
    }
  /** Sums of so many numbers, over all ranks. */
  | { readonly what: 'sums'; readonly lengths: readonly number[] }

/** The launcher of Open MPI, which names the transport by an option; null where there is none. */
export function openMpi(): string | null {
  for (const command of ['mpirun.openmpi', 'mpirun']) {
    try {
      const version = execFileSync(command, ['--version'], { stdio: 'pipe', timeout: 10_000 }).toString()
      if (/Open ?MPI|OpenRTE|open-mpi/i.test(version)) return command
    } catch {
      // Not installed.
    }
  }
  return null
}

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
  launcher: string,
  ranks: number,
  task: RankTask,
  transport: 'tcp' | null = null,
): Side => ({
  label,
  command: launcher,
  args: [
    ...['--allow-run-as-root', '--oversubscribe', '--bind-to', 'none', '-n', String(ranks)],
    ...(transport ? ['--mca', 'btl', `${transport},self`, '--mca', 'pml', 'ob1'] : []),
    ...[process.execPath, ...measure(task)],
  ],
})
