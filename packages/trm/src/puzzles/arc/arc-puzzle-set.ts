/** Test inputs of ARC tasks under every augmentation, made when they are asked for. */
import { InputError } from '@tiny-recursive-models/tensor'
import { type ComputedPuzzleSet, type Example, ignoredLabel } from '../../data/puzzle-set.ts'
import { arcChecksum } from './arc-checksum.ts'
import { type ArcTransform, applyTransform, unpackTransform } from './augment.ts'
import { arcSymbols, encodeGrid, encodeLabels } from './encode.ts'
import type { ArcTask } from './task.ts'
import type { ArcVersions } from './versions.ts'

/** What a puzzle of an `ArcPuzzleSet` asks: one test input of one task under one augmentation. */
export interface ArcQuestion {
  /** The id of the task. */
  readonly task: string
  /** Which of `tasks` of the set. */
  readonly taskIndex: number
  /** Which of the task's test inputs. */
  readonly testIndex: number
  /** Which version of the task; 0 = as published. */
  readonly version: number
  /** What was done to the published grids; undone, an answer is one to the published input. */
  readonly transform: ArcTransform
}

/**
 * A puzzle set whose puzzles are ARC questions, every test input under every version of its task. The order is by
 * version: first all questions as published, then all under their first augmentation, and so on, so that the first
 * puzzles are a smaller vote and not fewer tasks.
 */
export interface ArcPuzzleSet extends ComputedPuzzleSet {
  readonly kind: 'arc'
  /** The side of the canvas: cells = canvas². */
  readonly canvas: number
  /** The tasks that are asked, in the order of `taskIndex`. */
  readonly tasks: readonly ArcTask[]
  /** How many test inputs there are without augmentation. */
  readonly inputs: number
  readonly arcAt: (index: number) => ArcQuestion
}

/** Whether a set is one of ARC tasks. */
export function isArcPuzzleSet(set: object): set is ArcPuzzleSet {
  return 'kind' in set && set.kind === 'arc'
}

export interface ArcPuzzleSetOptions {
  readonly name: string
  readonly canvas: number
  readonly versions: ArcVersions
  /** Of the names of all versions. */
  readonly identifierDigest: string
  /** Tasks by their number in `versions`. */
  readonly tasks: readonly ArcTask[]
  /** Which of them are asked. */
  readonly asked: readonly number[]
}

/** @throws InputError by `at` and `arcAt` for an index that is not there */
export function arcPuzzleSet({
  name,
  canvas,
  versions,
  identifierDigest,
  tasks,
  asked,
}: ArcPuzzleSetOptions): ArcPuzzleSet {
  const questions = orderByVersion(versions, tasks, asked)
  const { count } = questions
  function place(index: number) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new InputError({
        who: `puzzle set "${name}"`,
        expected: `a puzzle from 0 to ${count - 1}`,
        got: String(index),
        hint: 'Puzzles are counted from 0.',
      })
    }
    const [taskIndex, testIndex] = questions.items[questions.item[index]!]!
    const version = questions.version[index]!
    const identifier = versions.identifier(asked[taskIndex]!, version)
    return { taskIndex, testIndex, version, identifier, task: tasks[asked[taskIndex]!]! }
  }
  return {
    kind: 'arc',
    name,
    count,
    cells: canvas * canvas,
    symbols: arcSymbols,
    identifiers: versions.identifiers,
    identifierDigest,
    checksum: arcChecksum(versions, canvas, asked, (task) => tasks[task]!.test),
    canvas,
    tasks: asked.map((task) => tasks[task]!),
    inputs: questions.items.length,
    at(index): Example {
      const { testIndex, identifier, task } = place(index)
      const { input, output } = task.test[testIndex]!
      const transform = unpackTransform(versions.packed[identifier]!)
      return {
        inputs: encodeGrid(applyTransform(transform, input), canvas),
        labels: output
          ? encodeLabels(applyTransform(transform, output), canvas)
          : new Int32Array(canvas * canvas).fill(ignoredLabel),
        identifier,
      }
    },
    arcAt(index) {
      const { taskIndex, testIndex, version, identifier, task } = place(index)
      const transform = unpackTransform(versions.packed[identifier]!)
      return { task: task.id, taskIndex, testIndex, version, transform }
    },
  }
}

interface Questions {
  readonly count: number
  /** Task (its place in `asked`) and test input. */
  readonly items: readonly (readonly [taskIndex: number, testIndex: number])[]
  /** [count] which of `items` */
  readonly item: Uint32Array
  /** [count] */
  readonly version: Uint32Array
}

function orderByVersion(
  versions: ArcVersions,
  tasks: readonly ArcTask[],
  asked: readonly number[],
): Questions {
  const items = asked.flatMap((task, taskIndex) =>
    tasks[task]!.test.map((_, testIndex) => [taskIndex, testIndex] as const),
  )
  const versionsOf = items.map(([taskIndex]) => versions.count(asked[taskIndex]!))
  const count = versionsOf.reduce((sum, each) => sum + each, 0)
  const item = new Uint32Array(count)
  const version = new Uint32Array(count)
  let index = 0
  for (let current = 0; index < count; current++) {
    for (let place = 0; place < items.length; place++) {
      if (current >= versionsOf[place]!) continue
      item[index] = place
      version[index] = current
      index += 1
    }
  }
  return { count, items, item, version }
}
