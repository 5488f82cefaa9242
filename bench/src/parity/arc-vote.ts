/** Comparison of the ARC vote with a recorded result of the published evaluator (reference section 8). */
import { readFile } from 'node:fs/promises'
import { InputError } from '@tiny-recursive-models/tensor'
import {
  ArcVotes,
  arcFigures,
  passCounts,
  restorePrediction,
  type ScoredTask,
  submissionOf,
} from '@tiny-recursive-models/trm/evaluate/arc'
import { gridFromJson, gridToJson, parseAugmentedName } from '@tiny-recursive-models/trm/puzzles/arc'
import { type Deviation, Deviations } from './deviations.ts'

/** What a recording holds, under the published names. */
export interface RecordedVote {
  /** Names of augmented tasks by their number; number 0 fills up batches and stands for no task. */
  readonly identifiers: readonly string[]
  readonly test_puzzles: Readonly<
    Record<string, { readonly test: readonly { readonly input: unknown; readonly output: unknown }[] }>
  >
  /** Predictions in the order in which they were made; one letter a token, `a` for 0. */
  readonly rows: readonly {
    readonly puzzle_identifier: number
    readonly inputs: string
    readonly preds: string
    readonly q_halt_logit: number
  }[]
  /** `ARC/pass@k` → share */
  readonly expected: Readonly<Record<string, number>>
  readonly expected_submission: Readonly<
    Record<string, readonly { readonly attempt_1: unknown; readonly attempt_2: unknown }[]>
  >
}

const blankIdentifier = 0

export async function readRecordedVote(path: string): Promise<RecordedVote> {
  const recorded = JSON.parse(await readFile(path, 'utf8')) as RecordedVote
  const missing = (
    ['identifiers', 'test_puzzles', 'rows', 'expected', 'expected_submission'] as const
  ).filter((key) => typeof recorded?.[key] !== 'object' || recorded[key] === null)
  if (missing.length === 0) return recorded
  throw new InputError({
    who: path,
    expected: 'a recorded vote',
    got: `none of its ${missing.join(', ')}`,
    hint: 'The file must be recorded as the reference describes arc_vote.json.',
  })
}

/** Votes anew and measures how far shares and submission are from the recorded ones. */
export function compareWithRecordedVote(recorded: RecordedVote): readonly Deviation[] {
  const tasks = Object.entries(recorded.test_puzzles).map(
    ([id, { test }]): ScoredTask => ({
      id,
      test: test.map(({ input, output }) => ({
        input: gridFromJson(input, `task ${id}`),
        output: gridFromJson(output, `task ${id}`),
      })),
    }),
  )
  const votes = castVotes(recorded)
  const found = new Deviations()
  const figures = arcFigures(votes, tasks)
  for (const [name, expected] of Object.entries(recorded.expected)) {
    const count = passCounts.find((candidate) => name === `ARC/pass@${candidate}`)
    // A recorded share that is not computed here is as far away as can be.
    const share = count === undefined ? Number.NaN : (figures.passAt?.[count] ?? Number.NaN)
    // Sums over tasks may come in another order.
    found.absolute(name.replace('ARC/', ''), [share], [expected], 1e-12, `${figures.tasks} tasks`)
  }
  compareSubmissions(recorded, votes, tasks, found)
  return found.list
}

function castVotes({ identifiers, rows }: RecordedVote): ArcVotes {
  const votes = new ArcVotes()
  for (const { puzzle_identifier, inputs, preds, q_halt_logit } of rows) {
    if (puzzle_identifier === blankIdentifier) continue
    const name = identifiers[puzzle_identifier]
    if (name === undefined) throw noName(puzzle_identifier, identifiers.length)
    const { task, transform } = parseAugmentedName(name)
    const side = Math.sqrt(inputs.length)
    votes.add(
      restorePrediction({
        task,
        transform,
        side,
        inputs: tokensOf(inputs),
        answer: tokensOf(preds),
        haltLogit: q_halt_logit,
      }),
    )
  }
  return votes
}

const noName = (identifier: number, count: number): InputError =>
  new InputError({
    who: 'recorded vote',
    expected: `rows with identifiers from 0 to ${count - 1}`,
    got: String(identifier),
    hint: 'Rows and identifiers must be of the same recording.',
  })

/** Counts the attempts that differ. The published code leaves out test inputs without predictions. */
function compareSubmissions(
  recorded: RecordedVote,
  votes: ArcVotes,
  tasks: readonly ScoredTask[],
  found: Deviations,
): void {
  const answered = tasks.map(({ id, test }) => ({
    id,
    test: test.filter(({ input }) => votes.ranking(id, input).length > 0),
  }))
  const ours = new Map(
    Array.from(submissionOf(votes, answered), ([id, entries]) => [
      id,
      entries.map(([first, second]) => ({ attempt_1: gridToJson(first), attempt_2: gridToJson(second) })),
    ]),
  )
  const ids = new Set([...ours.keys(), ...Object.keys(recorded.expected_submission)])
  for (const id of ids) {
    const [left, right] = [ours.get(id) ?? [], recorded.expected_submission[id] ?? []]
    const attempts = (entries: readonly { attempt_1: unknown; attempt_2: unknown }[]) =>
      entries.flatMap(({ attempt_1, attempt_2 }) => [JSON.stringify(attempt_1), JSON.stringify(attempt_2)])
    const [mine, theirs] = [attempts(left), attempts(right)]
    const differences = theirs.filter((attempt, index) => attempt !== mine[index]).length
    const largest = differences + Math.abs(theirs.length - mine.length)
    const where = `task ${id}`
    found.list.push({ quantity: 'submission', kind: 'differences', largest, allowed: 0, where, step: 0 })
  }
}

const tokensOf = (letters: string): Int32Array =>
  Int32Array.from(letters, (letter) => letter.charCodeAt(0) - 'a'.charCodeAt(0))
