/**
 * The versions of every task: as published, then augmented ones that all differ. Only the number of each transform
 * is kept, 4 bytes a version; grids are made when they are asked for.
 */
import { RandomStream } from '@tiny-recursive-models/tensor'
import { augmentedName, drawTransform, identityTransform, packTransform, unpackTransform } from './augment.ts'
import { taskDigests } from './digest.ts'
import { type ArcTask, allPairs } from './task.ts'

/** How often an augmentation is drawn at most for each that is wanted, as published. */
export const triesPerAugmentation = 5

/**
 * Identifier 0 is blank. Then come the tasks in their order, each with all its versions: as published first, the
 * augmented ones in the order in which they were drawn.
 */
export interface ArcVersions {
  /** Versions of all tasks and the blank one: rows of the puzzle table. */
  readonly identifiers: number
  /** [identifiers] `packTransform` of every version; 0 for the blank identifier */
  readonly packed: Uint32Array
  /** [tasks + 1] identifier of the first version of every task, then `identifiers` */
  readonly starts: Uint32Array
  /** How many versions a task has, that as published included. */
  readonly count: (task: number) => number
  readonly identifier: (task: number, version: number) => number
}

export interface ArcVersionsOptions {
  /** Augmented versions of a task that are wanted; a task with few of them gets what is found. */
  readonly augmentations: number
  readonly seed: number
  /** Told after every task. */
  readonly onTask?: (done: number) => void
}

/** Draws the versions of every task; those of one task depend on the task and the seed alone. */
export function arcVersions(
  tasks: readonly ArcTask[],
  { augmentations, seed, onTask }: ArcVersionsOptions,
): ArcVersions {
  const packed = new Uint32Array(1 + tasks.length * (1 + augmentations))
  const starts = new Uint32Array(tasks.length + 1)
  let next = 1
  tasks.forEach((task, index) => {
    starts[index] = next
    packed[next++] = 0
    for (const version of distinctAugmentations(task, augmentations, seed)) packed[next++] = version
    onTask?.(index + 1)
  })
  starts[tasks.length] = next
  return {
    identifiers: next,
    packed: packed.slice(0, next),
    starts,
    count: (task) => starts[task + 1]! - starts[task]!,
    identifier: (task, version) => starts[task]! + version,
  }
}

type Named = readonly Pick<ArcTask, 'id'>[]

/** The published name of a version of a task. */
export function arcVersionName(tasks: Named, versions: ArcVersions, task: number, version: number): string {
  const { id } = tasks[task]!
  if (version === 0) return id
  return augmentedName(id, unpackTransform(versions.packed[versions.identifier(task, version)]!))
}

/** The name of every identifier in turn, as the published data folders list them. */
export function* arcIdentifierNames(tasks: Named, versions: ArcVersions): Generator<string, void, undefined> {
  yield '<blank>'
  for (const task of tasks.keys())
    for (let version = 0; version < versions.count(task); version++)
      yield arcVersionName(tasks, versions, task, version)
}

/** Up to `wanted` transforms under which the task looks different each time, and different from the published one. */
function distinctAugmentations(task: ArcTask, wanted: number, seed: number): number[] {
  const random = new RandomStream(seed, 'arc', 'augmentation', task.id)
  const digestOf = taskDigests(allPairs(task))
  const seen = new Set([digestOf(identityTransform)])
  const found: number[] = []
  for (let tries = triesPerAugmentation * wanted; tries > 0 && found.length < wanted; tries--) {
    const transform = drawTransform(random)
    const digest = digestOf(transform)
    if (seen.has(digest)) continue
    seen.add(digest)
    found.push(packTransform(transform))
  }
  return found
}
