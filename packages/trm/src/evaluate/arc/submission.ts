/**
 * Submissions in the layout of the ARC Prize on Kaggle: `{task: [{attempt_1: grid, attempt_2: grid}, …]}`, one
 * entry for every test input, in the order of the task.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { shownText } from '../../data/json-file.ts'
import { type Grid, gridFromJson, gridToJson } from '../../puzzles/arc/grid.ts'
import { idOfFile } from '../../puzzles/arc/parse.ts'
import type { ArcFiles } from '../../puzzles/arc/read.ts'
import { kindOf, readTaskJson, taskEntries } from './json-tasks.ts'
import type { ArcVotes } from './vote.ts'

/** Two outputs for one test input; 0 × 0 is none, written as `[]`. */
export type Attempts = readonly [Grid, Grid]

/** Task → the attempts for each of its test inputs. */
export type Submission = ReadonlyMap<string, readonly Attempts[]>

export const noGrid: Grid = Object.freeze({ rows: 0, columns: 0, colours: new Uint8Array(0) })

/** What a submission is made for; the outputs need not be known. */
export interface AskedTask {
  readonly id: string
  readonly test: readonly { readonly input: Grid }[]
}

/**
 * The top two of the vote. A single one is repeated, as in the published code. If there is none, both are empty; the
 * published code leaves such an entry out, which gives the later ones of the task a wrong place.
 */
export function submissionOf(votes: ArcVotes, tasks: readonly AskedTask[]): Submission {
  const attemptsFor = (id: string, input: Grid): Attempts => {
    const [first, second] = votes.ranking(id, input)
    return [first?.output ?? noGrid, (second ?? first)?.output ?? noGrid]
  }
  return new Map(tasks.map(({ id, test }) => [id, test.map(({ input }) => attemptsFor(id, input))]))
}

/** The submission as JSON text; the same votes give the same text. */
export function formatSubmission(submission: Submission): string {
  const tasks = Array.from(submission, ([name, entries]) => {
    const written = entries.map(([first, second]) =>
      JSON.stringify({ attempt_1: gridToJson(first), attempt_2: gridToJson(second) }),
    )
    return `${JSON.stringify(name)}: [${written.join(', ')}]`
  })
  return `{${tasks.join(',\n')}}\n`
}

const hint =
  'A submission is {"task": [{"attempt_1": grid, "attempt_2": grid}, …], …}, one entry for every test input.'

const entriesShape = z.array(z.strictObject({ attempt_1: z.unknown(), attempt_2: z.unknown() }))

/**
 * Reads a submission file, plain or packed; or the answers to one task, a list of entries, in a file named after it.
 *
 * @param name the file, for error messages
 * @throws InputError that names the task and the test input that is malformed
 */
export async function readSubmission(bytes: Uint8Array, name: string): Promise<Submission> {
  const value = await readTaskJson(bytes, name, hint)
  const entries = isAnswerList(value) ? [[idOfFile(name), value] as const] : taskEntries(value, name, hint)
  return new Map(entries.map(([task, of]) => [task, readEntries(of, task, name)]))
}

/**
 * Reads a folder of such files, as the ARC Prize's baselines write: one for each task.
 *
 * @throws InputError also where two files answer one task
 */
export async function readSubmissionFolder(folder: string, files: ArcFiles): Promise<Submission> {
  const names = (await files.list(folder)).filter((name) => /\.json(\.gz)?$/.test(name))
  const submission = new Map<string, readonly Attempts[]>()
  for (const name of names) {
    const who = `${folder}/${name}`
    for (const [task, attempts] of await readSubmission(await files.read(who), who)) {
      if (submission.has(task)) {
        const got = `a second one for ${shownText(task)}`
        throw new InputError({
          who,
          expected: 'one file of answers per task',
          got,
          hint: 'Remove one of the files.',
        })
      }
      submission.set(task, attempts)
    }
  }
  if (submission.size > 0) return submission
  const expected = 'files <task>.json with answers'
  throw new InputError({
    who: folder,
    expected,
    got: 'none',
    hint: 'Choose the folder that contains the files.',
  })
}

/** `[{attempt_1, attempt_2}, …]`, where a whole submission has an object of such lists. */
const isAnswerList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.some((entry) => typeof entry === 'object' && entry !== null && 'attempt_1' in entry)

function readEntries(value: unknown, task: string, name: string): Attempts[] {
  const who = `${name}: task ${shownText(task)}`
  const result = entriesShape.safeParse(value)
  if (!result.success) {
    const { path } = result.error.issues[0]!
    const [index] = path
    throw new InputError({
      who: index === undefined ? who : `${who}, test input ${String(index)}`,
      expected: index === undefined ? 'a list of entries' : 'attempt_1 and attempt_2, and nothing else',
      got: index === undefined ? kindOf(value) : describeEntry((value as readonly unknown[])[Number(index)]),
      hint,
    })
  }
  return result.data.map((entry, index) => [
    readAttempt(entry.attempt_1, `${who}, test input ${index}, attempt_1`),
    readAttempt(entry.attempt_2, `${who}, test input ${index}, attempt_2`),
  ])
}

/**
 * None where the attempt was not made, null, or has no colour, for which the published code writes `[]`. The baselines
 * put the grid beside what they know of it: `{answer, metadata, correct}`.
 */
function readAttempt(attempt: unknown, who: string): Grid {
  const value = typeof attempt === 'object' && attempt && 'answer' in attempt ? attempt.answer : attempt
  const isNone = value === null || (Array.isArray(value) && value.length === 0)
  return isNone ? noGrid : gridFromJson(value, who)
}

/** What an entry of a task has instead. */
function describeEntry(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return kindOf(value)
  const keys = Object.keys(value)
  return keys.length === 0
    ? 'nothing'
    : keys
        .slice(0, 4)
        .map((key) => shownText(key))
        .join(', ')
}
