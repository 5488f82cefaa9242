/** Tasks to training, validation and test puzzles, as the published builder splits them (reference section 6). */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { identifierDigest } from '../../data/checksum.ts'
import { arcChecksum } from './arc-checksum.ts'
import { type ArcPuzzleSet, arcPuzzleSet } from './arc-puzzle-set.ts'
import { type ArcLeak, findArcLeaks, findSharedPairs, refuseArcLeaks, solvedPairs } from './leaks.ts'
import { type ArcPair, type ArcTask, allPairs, largestSide } from './task.ts'
import { type ArcVersions, arcIdentifierNames, arcVersions } from './versions.ts'

export interface ArcBuildOptions {
  /** The set whose test pairs are held out for the test. */
  readonly testSubset: string
  /** So many tasks of the other sets have their test pairs held out too, for validation; published: 0. */
  readonly validation: number
  /** Augmented versions of each task; published: 1,000. */
  readonly augmentations: number
  readonly seed: number
  /** The side of the canvas; published: 30. */
  readonly canvas: number
  /** Tasks with a longer side are left out; by default those that do not fit on the canvas. */
  readonly longestSide?: number
  /** Build even where test pairs are trained on. */
  readonly allowLeak?: boolean
  /** Told after the versions of every task. */
  readonly onTask?: (done: number, of: number) => void
}

/** ARC tasks made into sets: identifiers, copies, and what each part holds. */
export interface ArcBuild {
  readonly options: ArcBuildOptions
  /** Sets in the given order, tasks in the order of their ids, each id once. */
  readonly tasks: readonly ArcTask[]
  readonly versions: ArcVersions
  /** Of the names of all versions. */
  readonly identifierDigest: string
  /** [tasks] the pairs of each task that are trained on, at least one */
  readonly trainingPairs: readonly (readonly ArcPair[])[]
  readonly validation: ArcPuzzleSet
  readonly test: ArcPuzzleSet
  /** Tasks left out because they are too large. */
  readonly tooLarge: number
  /** Tasks left out because an earlier set, or the test set, has them too. */
  readonly repeated: number
  readonly leaks: readonly ArcLeak[]
  /** Of the training pairs and their versions. */
  readonly checksum: string
}

/**
 * @param sets the tasks of each set, in the order of their identifiers
 * @throws InputError for a leak, or where too few tasks are left
 */
export function buildArc(sets: readonly (readonly ArcTask[])[], options: ArcBuildOptions): ArcBuild {
  const { testSubset, canvas, augmentations, seed, onTask } = options
  const all = sets.flat()
  const fitting = all.filter((task) => largestSide(task) <= (options.longestSide ?? canvas))
  const isHeldOut = ({ subset }: ArcTask) => subset === testSubset
  const leaks = findArcLeaks(
    fitting.filter(isHeldOut),
    fitting.filter((task) => !isHeldOut(task)),
  )
  if (options.allowLeak !== true) refuseArcLeaks(leaks, testSubset)
  const tasks = withoutRepeats(fitting, isHeldOut)
  if (!tasks.some(isHeldOut)) throw noTestTasks(all, options)
  const testTasks = indicesWhere(tasks, isHeldOut)
  const validationTasks = drawValidation(tasks, testTasks, options)
  const held = new Set([...testTasks, ...validationTasks])
  // Forced: a held-out task that another set shows as a whole is trained on as a whole.
  const shown = new Set(leaks.filter(({ what }) => what === 'task').map(({ heldOut }) => heldOut))
  const trainingPairs = tasks.map((task, index) =>
    held.has(index) && !shown.has(task.id) ? task.train : solvedPairs(allPairs(task)),
  )
  const versions = arcVersions(tasks, {
    augmentations,
    seed,
    ...(onTask && { onTask: (done) => onTask(done, tasks.length) }),
  })
  const digest = identifierDigest(arcIdentifierNames(tasks, versions))
  const shared = { canvas, versions, tasks, identifierDigest: digest }
  return {
    identifierDigest: digest,
    options,
    tasks,
    versions,
    trainingPairs,
    validation: arcPuzzleSet({ ...shared, name: 'validation', asked: validationTasks }),
    test: arcPuzzleSet({ ...shared, name: testSubset, asked: testTasks }),
    tooLarge: all.length - fitting.length,
    repeated: fitting.length - tasks.length,
    leaks,
    checksum: arcChecksum(versions, canvas, [...tasks.keys()], (task) => trainingPairs[task]!),
  }
}

/** Each id once: the test set's own task before any other, else the first. */
function withoutRepeats(tasks: readonly ArcTask[], isHeldOut: (task: ArcTask) => boolean): ArcTask[] {
  const chosen = new Map<string, ArcTask>()
  for (const task of tasks) {
    const earlier = chosen.get(task.id)
    if (earlier === undefined || (isHeldOut(task) && !isHeldOut(earlier))) chosen.set(task.id, task)
  }
  return tasks.filter((task) => chosen.get(task.id) === task)
}

/** Tasks drawn from those outside the test set whose solutions are known and whose test pairs no other task shows. */
function drawValidation(
  tasks: readonly ArcTask[],
  testTasks: readonly number[],
  { validation, seed, testSubset }: ArcBuildOptions,
): number[] {
  if (validation === 0) return []
  const isTest = new Set(testTasks)
  const others = indicesWhere(tasks, (_, index) => !isTest.has(index))
  const shared = findSharedPairs(
    others.map((index) => tasks[index]!),
    tasks.map((task, index) => [task, isTest.has(index) ? task.train : solvedPairs(allPairs(task))]),
  )
  const shownElsewhere = new Set(shared.map(({ heldOut }) => heldOut))
  const candidates = others.filter((index) => {
    const { id, test } = tasks[index]!
    return !shownElsewhere.has(id) && test.every(({ output }) => output !== null)
  })
  if (validation > candidates.length) {
    throw new InputError({
      who: 'ARC validation',
      expected: `at most ${candidates.length} tasks, the number outside the test set "${testSubset}"`,
      got: String(validation),
      hint: 'Lower data.validation, or add a set to data.subsets.',
    })
  }
  const order = new RandomStream(seed, 'arc', 'validation').shuffle(candidates)
  return order.slice(0, validation).sort((left, right) => left - right)
}

const indicesWhere = (tasks: readonly ArcTask[], is: (task: ArcTask, index: number) => boolean): number[] =>
  tasks.flatMap((task, index) => (is(task, index) ? [index] : []))

function noTestTasks(
  all: readonly ArcTask[],
  { testSubset, canvas, longestSide }: ArcBuildOptions,
): InputError {
  const ofTest = all.filter(({ subset }) => subset === testSubset)
  const side = longestSide ?? canvas
  return new InputError({
    who: `ARC test set "${testSubset}"`,
    expected: `at least one task with grids of at most ${side}×${side}`,
    got: ofTest.length === 0 ? 'a set that is not among those read' : `${ofTest.length} larger ones`,
    hint: 'Set data.test to one of data.subsets, and allow larger grids.',
  })
}
