/** Parts of an `ArcPuzzleSet` that are still one: its answers can be voted on. */
import { InputError, RandomStream } from '@tiny-recursive-models/tensor'
import { PuzzleChecksum } from '../../data/checksum.ts'
import type { ArcPuzzleSet } from './arc-puzzle-set.ts'

/** Every test input as published and under its first `augmentations` augmentations. */
export function arcWithAugmentations(set: ArcPuzzleSet, augmentations: number): ArcPuzzleSet {
  // Puzzles are in the order of their versions.
  let [low, high] = [0, set.count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (set.arcAt(middle).version <= augmentations) low = middle + 1
    else high = middle
  }
  return low === set.count
    ? set
    : arcPart(
        set,
        firstIndices(low),
        `${set.name}, ${augmentations} augmentation${augmentations === 1 ? '' : 's'}`,
      )
}

/**
 * At most `limit` puzzles: all test inputs under fewer augmentations; where there are more test inputs than that,
 * whole tasks drawn at random as published, at least one.
 */
export function sampleArcSet(set: ArcPuzzleSet, limit: number, seed: number): ArcPuzzleSet {
  if (set.count <= limit) return set
  const name = `${limit} of ${set.name}`
  if (set.inputs <= limit) return arcPart(set, firstIndices(limit), name)
  const chosen = new Set<number>()
  let inputs = 0
  for (const task of new RandomStream(seed, 'test sample').permutation(set.tasks.length)) {
    const more = set.tasks[task]!.test.length
    if (chosen.size > 0 && inputs + more > limit) continue
    chosen.add(task)
    inputs += more
  }
  const published = firstIndices(set.inputs)
  return arcPart(
    set,
    published.filter((index) => chosen.has(set.arcAt(index).taskIndex)),
    name,
  )
}

/**
 * All versions of one task.
 * @throws InputError if the set has no such task
 */
export function arcSetOfTask(set: ArcPuzzleSet, id: string): ArcPuzzleSet {
  const taskIndex = set.tasks.findIndex((task) => task.id === id)
  if (taskIndex < 0) {
    throw new InputError({
      who: `puzzle set "${set.name}"`,
      expected: `a task ${id}`,
      got: `${set.tasks.length} others`,
      hint: 'Name a task of the set that the run is tested on.',
    })
  }
  const indices = firstIndices(set.count).filter((index) => set.arcAt(index).taskIndex === taskIndex)
  return arcPart(set, indices, `${set.name}, task ${id}`)
}

/** Of the set and of what is taken from it. */
function checksumOf(set: ArcPuzzleSet, indices: Uint32Array): string {
  const taken = new PuzzleChecksum(set)
  taken.add(indices, [], 0)
  return `${set.checksum}-${taken.digest()}`
}

const firstIndices = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, index) => index)

/** The puzzles at `indices`, in that order, with the tasks that they ask. */
function arcPart(set: ArcPuzzleSet, indices: Uint32Array, name: string): ArcPuzzleSet {
  const asked = new Set<number>()
  const inputs = new Set<string>()
  for (const index of indices) {
    const { taskIndex, testIndex } = set.arcAt(index)
    asked.add(taskIndex)
    inputs.add(`${taskIndex} ${testIndex}`)
  }
  const tasks = [...asked].sort((left, right) => left - right)
  const placeOf = new Map(tasks.map((task, place) => [task, place]))
  const indexOf = (index: number): number => {
    const found = indices[index]
    if (found !== undefined) return found
    throw new InputError({
      who: `puzzle set "${name}"`,
      expected: `a puzzle from 0 to ${indices.length - 1}`,
      got: String(index),
      hint: 'Puzzles are counted from 0.',
    })
  }
  return {
    ...set,
    name,
    count: indices.length,
    checksum: checksumOf(set, indices),
    tasks: tasks.map((task) => set.tasks[task]!),
    inputs: inputs.size,
    at: (index) => set.at(indexOf(index)),
    arcAt(index) {
      const question = set.arcAt(indexOf(index))
      return { ...question, taskIndex: placeOf.get(question.taskIndex)! }
    },
  }
}
