import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compareWithRecordedVote, type RecordedVote, readRecordedVote } from '../src/parity/arc-vote.ts'
import { withinTolerance } from '../src/parity/deviations.ts'

/** A made-up recording on a canvas of 3 × 3; letters are tokens: `a` PAD, `b` border, `c` colour 0, `d` 1, … */
const identifiers = ['<blank>', 'one', 'one|||t1|||0213456789', 'two', 'one|||t6|||0123456789']

const row = (puzzle_identifier: number, inputs: string, preds: string, q_halt_logit = 0) => ({
  puzzle_identifier,
  inputs,
  preds,
  q_halt_logit,
})

// Task `one` asks [[1, 2]] and [[5]], task `two` asks [[3]] twice, and nobody is asked about `three`.
// Turned counter-clockwise [[1, 2]] is [[2], [1]], and with 1 and 2 exchanged [[1], [2]], which it is transposed too.
const [asOne, asOneTurned, asOneTransposed] = ['debbbaaaa', 'dbaebabaa', 'dbaebabaa']
const recorded: RecordedVote = {
  identifiers,
  test_puzzles: {
    one: {
      test: [
        { input: [[1, 2]], output: [[1, 2]] },
        { input: [[5]], output: [[7]] },
      ],
    },
    two: {
      test: [
        { input: [[3]], output: [[4]] },
        { input: [[3]], output: [[6]] },
      ],
    },
    three: { test: [{ input: [[1]], output: [[1]] }] },
  },
  rows: [
    row(1, asOne, 'debbbaaaa', 0), // [[1, 2]]
    row(2, asOneTurned, 'edbbbaaaa', 1), // [[2, 1]], turned back [[2], [1]], with 1 and 2 exchanged back [[1], [2]]
    row(4, asOneTransposed, 'dbaebabaa', -1), // [[1], [2]], transposed back [[1, 2]]
    row(1, asOne, 'badebabaa', 2), // begins with the border: nothing
    row(3, 'fbabbaaaa', 'gbabbaaaa', 1), // [[4]]
    row(3, 'fbabbaaaa', 'ibabbaaaa', 1), // [[6]], equal in votes and belief: second
    row(3, 'fbabbaaaa', 'jbabbaaaa', 0.5), // [[7]]
    row(0, 'aaaaaaaaa', 'aaaaaaaaa', 9),
  ],
  expected: {
    // one: the first of two inputs; two: the first at once, the other with two attempts; three: nothing
    'ARC/pass@1': (1 / 2 + 1 / 2) / 3,
    'ARC/pass@2': (1 / 2 + 1) / 3,
    'ARC/pass@5': (1 / 2 + 1) / 3,
    'ARC/pass@1000': (1 / 2 + 1) / 3,
  },
  expected_submission: {
    one: [{ attempt_1: [[1, 2]], attempt_2: [] }],
    two: [
      { attempt_1: [[4]], attempt_2: [[6]] },
      { attempt_1: [[4]], attempt_2: [[6]] },
    ],
    three: [],
  },
}

const beyond = (changed: Partial<RecordedVote>) =>
  compareWithRecordedVote({ ...recorded, ...changed })
    .filter((deviation) => !withinTolerance(deviation))
    .map(({ quantity, largest, where }) => [quantity, Number(largest.toFixed(3)), where])

describe('a recorded ARC vote', () => {
  test('ties, equal test inputs, empty answers, fill-ups and tasks without predictions count as recorded', () => {
    const found = compareWithRecordedVote(recorded)
    assert.equal(found.length, 4 + 3)
    assert.deepEqual(beyond({}), [])
  })

  test('a difference is reported where it is', () => {
    assert.deepEqual(beyond({ expected: { ...recorded.expected, 'ARC/pass@2': 0.4 } }), [
      ['pass@2', 0.1, '3 tasks'],
    ])
    const swapped = { attempt_1: [[6]], attempt_2: [[4]] }
    const two = [recorded.expected_submission.two![0]!, swapped]
    assert.deepEqual(beyond({ expected_submission: { ...recorded.expected_submission, two } }), [
      ['submission', 2, 'task two'],
    ])
    assert.deepEqual(beyond({ rows: recorded.rows.slice(1) }), [
      ['pass@1', 0.167, '3 tasks'],
      ['pass@2', 0.167, '3 tasks'],
      ['submission', 2, 'task one'],
    ])
  })

  test('a share that is not computed here is no agreement', () => {
    assert.deepEqual(beyond({ expected: { 'ARC/pass@3': 0.5 } }), [['pass@3', Number.NaN, '3 tasks']])
  })

  test('rows of another recording are refused', () => {
    assert.throws(() => compareWithRecordedVote({ ...recorded, identifiers: identifiers.slice(0, 2) }), {
      message:
        'recorded vote: expected rows with identifiers from 0 to 1, got 2. Rows and identifiers must be of the same recording.',
    })
  })
})

test('the command prints both columns, and its exit code says whether all is within the limits', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trm-parity-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const parityOf = (vote: RecordedVote) => {
    writeFileSync(join(folder, 'arc_vote.json'), JSON.stringify(vote))
    const command = fileURLToPath(new URL('../src/parity.ts', import.meta.url))
    const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', command, folder], {
      encoding: 'utf8',
    })
    return { lines: stdout.split('\n'), status }
  }
  const good = parityOf(recorded)
  assert.equal(good.status, 0)
  assert.match(good.lines[2]!, /^arc_vote +here +float64 +limit$/)
  assert.match(good.lines[3]!, /^ {2}ok {3}pass@1 +0\.00e\+0 +0\.00e\+0 +1\.00e-12 tolerance /)
  assert.match(good.lines.at(-2)!, /^5 of 5 quantities are within their limits; 0 of these are beyond/)
  const bad = parityOf({ ...recorded, expected: { ...recorded.expected, 'ARC/pass@2': 0.4 } })
  assert.equal(bad.status, 1)
  assert.match(bad.lines[4]!, /^ {2}FAIL pass@2 +1\.00e-1 +0\.00e\+0 +1\.00e-12 tolerance /)
  assert.match(bad.lines.at(-2)!, /^4 of 5 quantities/)
})

const fixture = fileURLToPath(new URL('fixtures/arc_vote.json', import.meta.url))
// ../shared is not part of the project: this recording holds tasks of ARC.
const shared = fileURLToPath(new URL('../../../shared/reference/arc_vote.json', import.meta.url))
const missing = existsSync(shared) ? false : 'skipped: ../shared/reference is not here'

for (const [tasks, path, skip] of [
  ['made-up tasks', fixture, false],
  ['tasks of ARC', shared, missing],
] as const)
  test(`the vote recorded from the published evaluator on ${tasks} is the same here`, { skip }, async () => {
    const vote = await readRecordedVote(path)
    const deviations = compareWithRecordedVote(vote)
    assert.deepEqual(
      [...new Set(deviations.map(({ quantity }) => quantity))],
      [...Object.keys(vote.expected).map((name) => name.replace('ARC/', '')), 'submission'],
    )
    assert.ok(vote.rows.length >= 58 && deviations.length >= 16)
    assert.deepEqual(
      deviations.filter((deviation) => !withinTolerance(deviation)),
      [],
    )
  })

test('another file is refused by what it lacks', async () => {
  const path = fileURLToPath(new URL('fixtures/trm_att.json', import.meta.url))
  await assert.rejects(readRecordedVote(path), (error: Error) => {
    assert.match(
      error.message,
      /trm_att\.json: expected a recorded vote, got none of its identifiers, test_puzzles, rows, expected, expected_submission\./,
    )
    return true
  })
})
