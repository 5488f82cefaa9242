/** How a submission compares with the solutions. */
import { InputError } from '@tiny-recursive-models/tensor'
import { shownText } from '../../data/json-file.ts'
import { gridsEqual } from '../../puzzles/arc/grid.ts'
import type { Solutions } from './solutions.ts'
import type { Submission } from './submission.ts'

/** Whether the two attempts at a test output are correct. */
export interface OutputScore {
  readonly task: string
  readonly testIndex: number
  readonly attempt1: boolean
  readonly attempt2: boolean
}

/** Shares are 0 to 1, averaged over the outputs of a task, then over tasks. */
export interface SubmissionScore {
  readonly passAt: { readonly 1: number; readonly 2: number }
  readonly tasks: number
  readonly outputs: number
  /** Outputs that the first attempt, or either attempt, gets right. */
  readonly right: { readonly 1: number; readonly 2: number }
  /** Tasks of the solutions that the submission does not have: they count as wrong. */
  readonly missingTasks: readonly string[]
  /** Tasks with fewer entries than test inputs: the missing ones count as wrong. */
  readonly shortTasks: readonly string[]
  readonly perOutput: readonly OutputScore[]
}

const namesShown = 5

/**
 * Scores a submission; what it does not answer is wrong.
 *
 * @param name the submission's file, for error messages
 * @throws InputError where it holds tasks or entries that the solutions do not know
 */
export function scoreSubmission(submission: Submission, solutions: Solutions, name: string): SubmissionScore {
  checkKnown(submission, solutions, name)
  const perOutput: OutputScore[] = []
  const sums = { 1: 0, 2: 0 }
  const right = { 1: 0, 2: 0 }
  for (const [task, outputs] of solutions) {
    const entries = submission.get(task) ?? []
    const scores = outputs.map((output, testIndex) => {
      const [attempt1 = false, attempt2 = false] =
        entries[testIndex]?.map((attempt) => gridsEqual(attempt, output)) ?? []
      return { task, testIndex, attempt1, attempt2 }
    })
    const first = scores.filter(({ attempt1 }) => attempt1).length
    const either = scores.filter(({ attempt1, attempt2 }) => attempt1 || attempt2).length
    right[1] += first
    right[2] += either
    sums[1] += first / Math.max(1, outputs.length)
    sums[2] += either / Math.max(1, outputs.length)
    perOutput.push(...scores)
  }
  const tasks = [...solutions.keys()]
  return {
    passAt: { 1: sums[1] / Math.max(1, tasks.length), 2: sums[2] / Math.max(1, tasks.length) },
    tasks: tasks.length,
    outputs: perOutput.length,
    right,
    missingTasks: tasks.filter((task) => !submission.has(task)),
    shortTasks: tasks.filter((task) => {
      const entries = submission.get(task)
      return entries !== undefined && entries.length < solutions.get(task)!.length
    }),
    perOutput,
  }
}

function checkKnown(submission: Submission, solutions: Solutions, name: string): void {
  const unknown = [...submission.keys()].filter((task) => !solutions.has(task))
  if (unknown.length > 0) {
    throw new InputError({
      who: name,
      expected: 'tasks that have solutions',
      got: `${unknown.length} others out of ${submission.size}: ${listNames(unknown)}`,
      hint: 'Use the solutions of the same set, such as evaluation or evaluation2.',
    })
  }
  for (const [task, entries] of submission) {
    const outputs = solutions.get(task)!
    if (entries.length <= outputs.length) continue
    throw new InputError({
      who: `${name}: task ${shownText(task)}`,
      expected: `at most ${outputs.length} entries, one for each test input`,
      got: String(entries.length),
      hint: 'Use the solutions of the same version of the set.',
    })
  }
}

/** The first few of a list of names. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).map((name) => shownText(name))
  return names.length > namesShown
    ? `${shown.join(', ')} and ${names.length - namesShown} more`
    : shown.join(', ')
}
