/** The ARC task that is open, and whether the model at hand can think about it. */
import { type ArcTask, encodeGrid, type Grid, largestSide } from '@tiny-recursive-models/trm/puzzles/arc'
import type { OpenModel } from '../lib/open-model.ts'
import type { OpenedFile, TaskNumbers } from '../puzzles/arc-files.ts'
import { askPuzzles } from '../puzzles/ask.ts'

let files: readonly OpenedFile[] = []
let tasks = $state.raw<readonly ArcTask[]>([])
let taskIndex = $state(0)
let testIndex = $state(0)

/** Numbers of tasks by model: to find them takes seconds for the published sets. */
const numbers = new Map<string, { readonly count: number; readonly found: TaskNumbers | string }>()

export interface ArcQuestion {
  readonly task: ArcTask
  readonly input: Grid
  /** Null where it is not known. */
  readonly output: Grid | null
}

export type Askable =
  | {
      readonly canThink: true
      readonly tokens: Int32Array
      readonly identifier: number
      readonly side: number
    }
  | { readonly canThink: false; readonly why: string }

export const arc = {
  get tasks(): readonly ArcTask[] {
    return tasks
  },
  get taskIndex(): number {
    return taskIndex
  },
  get testIndex(): number {
    return testIndex
  },
  get question(): ArcQuestion | null {
    const task = tasks[taskIndex]
    const test = task?.test[testIndex]
    return task && test ? { task, ...test } : null
  },
  /** Opens a file beside those that are open: a model may need several to know its tasks. */
  async open(file: OpenedFile): Promise<void> {
    const all = [...files.filter(({ name }) => name !== file.name), file]
    const found = await askPuzzles('readTasks', { files: all })
    files = all
    const shown = tasks[taskIndex]?.id
    tasks = found
    const fresh = found.findIndex(({ id }) => file.name.startsWith(`${id}.json`))
    arc.choose(
      fresh >= 0
        ? fresh
        : Math.max(
            0,
            found.findIndex(({ id }) => id === shown),
          ),
    )
  },
  choose(task: number, test = 0): void {
    taskIndex = task
    testIndex = test
  },
  close(): void {
    files = []
    tasks = []
  },
}

/** Whether a model knows the task, and what to ask it by; or why it cannot be asked, as a sentence. */
export async function askable({ entry, facts }: OpenModel, { task, input }: ArcQuestion): Promise<Askable> {
  const { data } = facts.recipe
  if (data.kind !== 'arc') {
    const why = `The model ${entry.title} was not trained on ARC. A model must be trained on each ARC task it solves: open one that was trained on this task, and it will try it.`
    return { canThink: false, why }
  }
  if (largestSide(task) > (data.longestSide ?? data.canvas)) {
    const why = `This task has grids up to ${largestSide(task)} cells wide or high; the model was trained on tasks up to ${data.longestSide ?? data.canvas}.`
    return { canThink: false, why }
  }
  const found = await numbersOf(entry.id, data, facts.config.identifiers)
  if (typeof found === 'string') return { canThink: false, why: found }
  const identifier = found[task.id]
  if (identifier === undefined) {
    const why = `This model was not trained on task ${task.id}, so it has no embedding for it.`
    return { canThink: false, why }
  }
  return { canThink: true, tokens: encodeGrid(input, data.canvas), identifier, side: data.canvas }
}

async function numbersOf(
  model: string,
  data: OpenModel['facts']['recipe']['data'] & { kind: 'arc' },
  identifiers: number,
): Promise<TaskNumbers | string> {
  const known = numbers.get(model)
  if (known?.count === files.length) return known.found
  const found = await askPuzzles('numberTasks', { files, data, identifiers }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    const wanted = data.subsets.map((subset) => `arc-agi_${subset}_challenges.json`).join(', ')
    return `The model knows its tasks by number, and the numbers depend on the files it was trained on. Open all of these files, with their solutions: ${wanted}. (${reason})`
  })
  numbers.set(model, { count: files.length, found })
  return found
}
