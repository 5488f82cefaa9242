/** The sides of every comparison: executors with their threads, and the published code where it is named. */
import { fileURLToPath } from 'node:url'
import type { ExecutorName } from '@tiny-recursive-models/tensor/node'
import type { Side } from './contestants.ts'
import type { BenchModel } from './models.ts'

/** What a process of ours is asked to measure. */
export interface Task {
  readonly what: 'model' | 'recipe' | 'inference'
  /** Of the model of the table, or of the recipe; the trained model of that name or a run folder for inference. */
  readonly name: string
  readonly executor: ExecutorName
  readonly threads: number
  readonly recompute: boolean
  readonly precision: 'float32' | 'bfloat16'
  readonly puzzles: number
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const ourSide = (task: Task): Side => ({
  label: [
    task.executor,
    ...(task.precision === 'float32' ? [] : [task.precision]),
    `${task.threads} thread${task.threads === 1 ? '' : 's'}`,
    ...(task.recompute ? ['recomputed'] : []),
  ].join(', '),
  command: process.execPath,
  args: ['--import', 'tsx', script('./measure.ts'), JSON.stringify(task)],
})

/** A Python with PyTorch, and a checkout of the published code. */
export interface Peer {
  readonly python: string
  readonly code: string
}

export const peerOf = ({ TRM_PYTHON, TRM_REPO }: NodeJS.ProcessEnv): Peer | undefined =>
  TRM_PYTHON && TRM_REPO ? { python: TRM_PYTHON, code: TRM_REPO } : undefined

/** The modes in which the published code computes a step of a model. */
export function peerSides({ python, code }: Peer, { config }: BenchModel, threads: number): Side[] {
  const { model, batch } = config
  const shared = {
    mixer: model.mixer,
    width: model.width,
    heads: model.heads,
    cells: model.cells,
    prefix: model.prefixTokens,
    recursions: model.recursions,
    latentUpdates: model.latentUpdates,
    blocks: model.blocks,
    batch,
    threads,
  }
  return (['float32', 'bfloat16'] as const).flatMap((precision) =>
    [false, true].map((compiled) => ({
      label: `PyTorch ${compiled ? 'compiled' : 'eager'} ${precision}, ${threads} thread${threads === 1 ? '' : 's'}`,
      command: python,
      args: [script('../peers/published.py'), JSON.stringify({ ...shared, precision, compiled })],
      environment: { TRM_REPO: code, OMP_NUM_THREADS: String(threads), PYTHONDONTWRITEBYTECODE: '1' },
    })),
  )
}
