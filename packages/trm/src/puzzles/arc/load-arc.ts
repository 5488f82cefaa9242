/** The ARC puzzles of a recipe. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { TrainingPuzzles } from '../../data/data-sets.ts'
import type { ArcPuzzleSet } from './arc-puzzle-set.ts'
import { arcStream } from './arc-stream.ts'
import { type ArcBuild, buildArc } from './build.ts'
import { arcSymbols } from './encode.ts'
import { type ArcFiles, readArcSubset } from './read.ts'

/** The `data` section of a recipe on ARC tasks. */
export interface ArcData {
  readonly kind: 'arc'
  /** The folder of the ARC files. */
  readonly path: string | null
  /** The sets that are trained on, the test set among them. */
  readonly subsets: readonly string[]
  /** The set whose test pairs are held out. */
  readonly test: string
  /** So many tasks of the other sets have their test pairs held out for validation. */
  readonly validation: number
  readonly augmentations: number
  readonly canvas: number
  readonly longestSide: number | null
  readonly allowLeak: boolean
  readonly seed: number
}

/** What was built, for the run folder. */
export interface ArcRecord {
  readonly tasks: number
  /** Left out because a grid is too large, and because another set has the task too. */
  readonly tooLarge: number
  readonly repeated: number
  /** Held-out tasks of which a test pair is trained on. */
  readonly leaks: readonly string[]
  /** Held-out test inputs, without augmentation. */
  readonly validationInputs: number
  readonly testInputs: number
  /** The tasks of the validation inputs. */
  readonly validationTasks: readonly string[]
}

export interface LoadedArc {
  readonly train: TrainingPuzzles
  readonly validation: ArcPuzzleSet
  readonly test: ArcPuzzleSet
  readonly arc: ArcRecord
}

/** @param onTask told after the versions of every task */
export async function loadArc(
  data: ArcData,
  files: ArcFiles,
  onTask?: (done: number, of: number) => void,
): Promise<LoadedArc> {
  const build = await readAndBuildArc(data, files, onTask)
  const { tasks, tooLarge, repeated, validation, test } = build
  return {
    train: arcTrainingPuzzles(build, data.subsets.join(' + ')),
    validation,
    test,
    arc: {
      tasks: tasks.length,
      tooLarge,
      repeated,
      leaks: [...new Set(build.leaks.map(({ heldOut }) => heldOut))],
      validationInputs: validation.inputs,
      testInputs: test.inputs,
      validationTasks: validation.tasks.map(({ id }) => id),
    },
  }
}

/** @param onTask told after the versions of every task */
export async function readAndBuildArc(
  data: ArcData,
  files: ArcFiles,
  onTask?: (done: number, of: number) => void,
): Promise<ArcBuild> {
  const { path, subsets, test, longestSide, ...options } = data
  if (path === null) {
    throw new InputError({
      who: 'data.path',
      expected: 'a folder of ARC files (arc-agi_<set>_challenges.json and _solutions.json, plain or .gz)',
      got: 'null',
      hint: 'Set `data.path=FOLDER`.',
    })
  }
  const sets = []
  for (const subset of subsets) sets.push(await readArcSubset(path, subset, files))
  return buildArc(sets, {
    ...options,
    testSubset: test,
    ...(longestSide !== null && { longestSide }),
    ...(onTask && { onTask }),
  })
}

/** What is trained on: all training pairs of all versions, as a stream. */
export function arcTrainingPuzzles(build: ArcBuild, name: string): TrainingPuzzles {
  const { versions, identifierDigest, trainingPairs, checksum } = build
  const { canvas } = build.options
  return {
    name,
    count: trainingPairs.reduce((sum, pairs, task) => sum + pairs.length * versions.count(task), 0),
    cells: canvas * canvas,
    symbols: arcSymbols,
    identifiers: versions.identifiers,
    identifierDigest,
    checksum,
    examples: (seed) => arcStream({ canvas, versions, trainingPairs, seed }),
  }
}
