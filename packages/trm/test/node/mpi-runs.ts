/** Trainings on ranks that a launcher has started, and what came of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Launcher, startRanks } from '../../../../testing/mpirun.ts'
import { decodeSafetensors } from '../../src/checkpoint/safetensors.ts'
import { openRunFolder } from '../../src/node/run-folder.ts'
import { overrideRecipe, type Recipe, recipes } from '../../src/recipes/index.ts'

const script = fileURLToPath(new URL('mpi-training-child.ts', import.meta.url))

/** Small enough for ranks that take turns. */
export const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  'model.width=32',
  'model.latentUpdates=1',
  'data.minimal=false',
  'data.train=60',
  'data.validation=10',
  'data.test=12',
  'optimizer.warmupSteps=5',
  'training.batch=12',
  'training.microBatch=auto',
  'training.steps=30',
  'training.evaluateEvery=10',
  'training.checkpointEvery=4',
])

export interface Told {
  readonly type: string
  readonly rank?: number
  readonly pid?: number
  readonly step?: number
}

export interface RankOptions {
  readonly recipe?: Recipe
  readonly words?: readonly string[]
  /** Hears every line; may end a rank. */
  readonly hear?: (told: Told) => void
}

/** Trains on so many ranks, from the latest checkpoint if there is one. */
export async function trainOn(launcher: Launcher, count: number, folder: string, options: RankOptions = {}) {
  const { words = [], hear } = options
  const { child, ended } = startRanks(launcher, count, script, [
    ...['--folder', folder, '--recipe', JSON.stringify(options.recipe ?? recipe)],
    ...words,
  ])
  const told: Told[] = []
  createInterface(child.stdout!).on('line', (line) => {
    // Messages of launchers may stand between.
    if (!line.startsWith('{"type"')) return
    told.push(JSON.parse(line) as Told)
    hear?.(told.at(-1)!)
  })
  return { ...(await ended), told }
}

export function weightsOf(folder: string): Map<string, Float32Array> {
  const path = join(folder, 'final.safetensors')
  const { tensors } = decodeSafetensors(readFileSync(path), path)
  return new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]))
}

/** What the events say but for the clock, how often the run was begun, and what rounding changes. */
export async function course(folder: string) {
  const events = await (await openRunFolder(folder)).readEvents()
  return events.flatMap(({ type, step, finished, meanSteps, exactAccuracy, reason, learningRate }) =>
    type === 'start' ? [] : [{ type, step, finished, meanSteps, exactAccuracy, reason, learningRate }],
  )
}

export const apart = (left: Float32Array, right: Float32Array): number =>
  left.reduce((sum, value, at) => sum + Math.abs(value - right[at]!), 0) / left.length
