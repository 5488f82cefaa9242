import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { puzzleSetChecksum } from '../../../src/data/checksum.ts'
import { puzzleAt } from '../../../src/data/puzzle-set.ts'
import { formatMaze } from '../../../src/puzzles/maze/grid.ts'
import type { PuzzleFileReport } from '../../../src/puzzles/reading/check-file.ts'
import { turned } from '../../../src/puzzles/square.ts'
import { checkMazeFile, mazeSet, readMazeFile } from '../families.ts'
import { bytesOf, label, lineOf, otherShortest, question, tokensOf } from './mazes.ts'

const [q, a] = [lineOf(question), lineOf(label)]
/** Begin and end with an open cell, which a reader that trims would lose. */
const spacedQuestion = [' S ', ' # ', ' G ']
const spacedAnswer = ['oS ', 'o# ', 'oG ']

test('the published columns are read with a header, without, by name in any order, plain or gzip', async () => {
  const published = `source,question,answer,rating\nhard,${q},${a},6\n`
  const files = [
    bytesOf(published),
    gzipSync(published),
    bytesOf(published.replace(/^.*\n/, '')),
    bytesOf(`\ufeffRating, Answer ,Question,Source\r\n6,${a},${q}, hard\r\n`),
  ]
  for (const [index, file] of files.entries()) {
    const { rows } = await readMazeFile(file, { name: 'mazes.csv' })
    assert.deepEqual(rows, [
      {
        line: index === 2 ? 1 : 2,
        index: 0,
        kind: { puzzle: 'maze', size: 4 },
        question: tokensOf(question),
        answer: tokensOf(label),
        source: 'hard',
        rating: 6,
      },
    ])
  }
})

test('spaces at the ends of a maze are open cells, and # begins no comment', async () => {
  const text = `question,answer\n${lineOf(spacedQuestion)},${lineOf(spacedAnswer)}\n`
  const { rows } = await readMazeFile(bytesOf(text), { name: 'm' })
  assert.equal(formatMaze(rows[0]!.question), spacedQuestion.join('\n'))
  assert.equal(formatMaze(rows[0]!.answer!), spacedAnswer.join('\n'))
  const lines = await readMazeFile(bytesOf(`##SG\n\n  SG\n`), { name: 'lines' })
  assert.deepEqual(
    lines.rows.map(({ line, kind }) => [line, kind.size]),
    [
      [1, 2],
      [3, 2],
    ],
  )
})

const badFile = [
  'source,question,answer,rating',
  `x,${q},${a},6`,
  `x,${q.replace('S', 'x')},${a},6`,
  `x,${q.replace('S', ' ')},${a},6`,
  `x,${q},${a.replace('o', ' ')},6`,
  `x,${q},${q.slice(1)},6`,
  `x,${q},${a}`,
  `x,${q},${a},long`,
  `x,##SG,,6`,
  `x,${q},${lineOf(otherShortest)},6`,
].join('\n')

const badReasons = [
  [
    3,
    'question: row 1, column 1: expected # * █ or X for a wall, a space or . for an open cell, S for the start, G or E for the goal, o for the path, got "x". Correct this cell; use one letter for each meaning.',
  ],
  [4, 'question: there is no start (S)'],
  [5, 'answer: the path does not lead from the start to the goal'],
  [
    6,
    'answer: maze text: expected 16 cells (4×4), got 15. Write one character per cell, all on one line or one line per row.',
  ],
  [7, 'expected 4 columns, got 3'],
  [8, 'rating: expected a number, got "long"'],
  [
    9,
    'question: maze text: expected 16 cells (4×4), got 4. Write one character per cell, all on one line or one line per row.',
  ],
]

test('bad rows are reported with their line, all of them or the first', async () => {
  const collected = await readMazeFile(bytesOf(badFile), { name: 'bad.csv', onProblem: 'collect' })
  assert.deepEqual(
    collected.problems.map(({ line, reason }) => [line, reason]),
    badReasons,
  )
  assert.deepEqual(
    collected.rows.map(({ line }) => line),
    [2, 10],
  )
  await assert.rejects(readMazeFile(bytesOf(badFile), { name: 'bad.csv' }), {
    name: 'InputError',
    who: 'bad.csv, line 3',
    expected: 'a well-formed maze',
    got: String(badReasons[0]![1]).replace(/\.$/, ''),
    hint: 'Correct or remove the line.',
  })
})

test('what is no maze file is refused', async () => {
  const message =
    'file, line 1: expected a header with a column "question", or a square maze of # (wall), spaces (open), S and G, got "a,b,c". Known names are question, puzzle, quiz, quizzes, grid or board for the question and answer, solution or label for the answer.'
  await assert.rejects(readMazeFile(bytesOf('a,b,c\n'), { name: 'file' }), { name: 'InputError', message })
  await assert.rejects(readMazeFile(bytesOf(`${q}\n${q}\n`), { name: 'file', limits: { rows: 1 } }), {
    message: 'file: expected at most 1 rows, got more. Split the file.',
  })
  await assert.rejects(readMazeFile(gzipSync(Buffer.alloc(5_000_000, '#')), { name: 'file' }), /a longer one/)
})

test('a set has the tokens of its rows and the rule gives answers that are missing', async () => {
  const { rows } = await readMazeFile(bytesOf(`source,question,answer,rating\nx,${q},${a},6\n,${q},,\n`), {
    name: 'rows',
  })
  const set = mazeSet(rows, { name: 'rows', size: 4 })
  assert.deepEqual([set.name, set.count, set.cells, set.symbols, set.identifiers], ['rows', 2, 16, 6, 1])
  assert.deepEqual(puzzleAt(set, 0).inputs, tokensOf(question))
  assert.deepEqual(puzzleAt(set, 0).labels, tokensOf(label))
  assert.deepEqual(puzzleAt(set, 1).labels, tokensOf(label))
  assert.deepEqual(
    [set.source, [...set.rating!]],
    [
      ['x', ''],
      [6, Number.NaN],
    ],
  )
})

async function reportOf(text: string): Promise<PuzzleFileReport> {
  for await (const event of checkMazeFile(bytesOf(text), { name: 'file' }))
    if (event.kind === 'done') return event.report
  return assert.fail('no report')
}

test('a check names the rows that fail, also those that break the label rule alone', async () => {
  const report = await reportOf(badFile)
  assert.deepEqual([report.rows, report.valid, report.problemCount, report.title], [9, 1, 8, '4×4 maze'])
  assert.deepEqual(
    report.problems.map(({ line, reason }) => [line, reason]),
    [
      ...badReasons,
      [
        10,
        'answer: a shortest path, but not the one chosen by the label rule: they first differ at row 1, column 2',
      ],
    ],
  )
  const { rows } = await readMazeFile(bytesOf(q), { name: 'good' })
  assert.equal(report.checksum, puzzleSetChecksum(mazeSet(rows, { name: 'good', size: 4 })))
})

test('equal mazes and turned or mirrored ones are counted', async () => {
  const copies = [2, 7].map((symmetry) =>
    formatMaze(turned(tokensOf(question), symmetry)).replaceAll('\n', ''),
  )
  const report = await reportOf([q, q, ...copies].join('\n'))
  assert.deepEqual([report.valid, report.duplicateCount, report.copyCount], [4, 1, 2])
  assert.deepEqual(report.repeats, [
    { line: 2, kind: 'duplicate', of: 1 },
    { line: 3, kind: 'copy', of: 1 },
    { line: 4, kind: 'copy', of: 1 },
  ])
})
