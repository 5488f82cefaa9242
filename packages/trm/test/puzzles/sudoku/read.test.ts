import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { decompressed } from '../../../src/data/bytes.ts'
import { puzzleSetChecksum } from '../../../src/data/checksum.ts'
import { puzzleAt, selectPuzzles } from '../../../src/data/puzzle-set.ts'
import type { PuzzleCheckEvent, PuzzleFileReport } from '../../../src/puzzles/reading/check-file.ts'
import { splitFields } from '../../../src/puzzles/reading/columns.ts'
import { applySymmetry, drawSymmetry } from '../../../src/puzzles/sudoku/augment.ts'
import { checkQuestion } from '../../../src/puzzles/sudoku/check.ts'
import { sudokuFingerprint } from '../../../src/puzzles/sudoku/fingerprint.ts'
import { boxShapes } from '../../../src/puzzles/sudoku/shape.ts'
import { countSolutions } from '../../../src/puzzles/sudoku/solve.ts'
import { formatSudokuLine, parseSudoku } from '../../../src/puzzles/sudoku/text.ts'
import { checkSudokuFile, readSudokuFile, toPuzzleSet } from '../families.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const question = '3......2....4..1'
const answer = '3214143221434321'
const otherQuestion = '4..2..4.3....1..'

test('the published columns are found by name, in any order, plain or gzip', async () => {
  const published = `source,question,answer,rating\nhard,${question},${answer},7\n"a ""b"", c",${question},,\n`
  const shuffled = `\ufeffRating,extra,Answer,Question,Source\r\n7,x,${answer},${question},hard\r\n,,,${question},"a ""b"", c"\r\n`
  const first = await readSudokuFile(bytesOf(published), { name: 'published.csv' })
  assert.equal(first.rows.length, 2)
  const [given, open] = first.rows
  assert.deepEqual(
    [
      given!.line,
      given!.source,
      given!.rating,
      formatSudokuLine(given!.question),
      formatSudokuLine(given!.answer!),
    ],
    [2, 'hard', 7, question, answer],
  )
  assert.deepEqual(
    [open!.line, open!.source, open!.rating, open!.answer],
    [3, 'a "b", c', undefined, undefined],
  )
  assert.deepEqual((await readSudokuFile(gzipSync(published), { name: 'published.csv.gz' })).rows, first.rows)
  assert.deepEqual((await readSudokuFile(bytesOf(shuffled), { name: 'shuffled.csv' })).rows, first.rows)
})

test('plain lines of puzzles are read, with or without answers', async () => {
  const lines = `# easy ones\n${question}\n\n${otherQuestion.replaceAll('.', '0')}`
  const { rows } = await readSudokuFile(bytesOf(lines), { name: 'lines.txt' })
  assert.deepEqual(
    rows.map((row) => [row.line, formatSudokuLine(row.question), row.answer, row.source]),
    [
      [2, question, undefined, ''],
      [4, otherQuestion, undefined, ''],
    ],
  )
  const pairs = await readSudokuFile(bytesOf(`${question},${answer}\n`), { name: 'pairs.txt' })
  assert.equal(formatSudokuLine(pairs.rows[0]!.answer!), answer)
})

test('a set has the tokens of its rows and solves for answers that are missing', async () => {
  const text = `source,question,answer,rating\na,${question},${answer},2\nb,${question},,\n`
  const { rows } = await readSudokuFile(bytesOf(text), { name: 'rows.csv' })
  const set = toPuzzleSet(rows, { name: 'rows' })
  assert.deepEqual([set.name, set.count, set.cells, set.symbols, set.identifiers], ['rows', 2, 16, 6, 1])
  assert.deepEqual(rows[0]!.kind, { puzzle: 'sudoku', shape: boxShapes['4x4'] })
  assert.deepEqual([...set.inputs.subarray(0, 16)], [4, 1, 1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 5, 1, 1, 2])
  assert.equal(formatSudokuLine(puzzleAt(set, 1).labels), formatSudokuLine(puzzleAt(set, 0).labels))
  assert.deepEqual(set.source, ['a', 'b'])
  assert.deepEqual([...set.rating!], [2, Number.NaN])
  const open = await readSudokuFile(bytesOf('1...............\n'), { name: 'open.txt' })
  assert.throws(() => toPuzzleSet(open.rows, { name: 'open' }), /the puzzle has more than one solution/)
})

const badFile = [
  'question,answer,rating',
  `${question},${answer},1`,
  `${question.replace('4', 'z')},${answer},1`,
  `${question},${answer}`,
  `11..............,,1`,
  `${question},${answer.replace('3', '1')},1`,
  `${question},${answer},hard`,
  `"${question},${answer},1`,
  `${'.'.repeat(81)},,1`,
  `${question},${answer},1`,
].join('\n')

const badReasons = [
  [
    3,
    'question: row 4, column 1: expected a digit from 1 to 4, or . 0 _ * - ? x X for a blank, got "z". Correct this cell.',
  ],
  [4, 'expected 3 columns, got 2'],
  [5, 'question: row 1, column 2: 1 is already in row 1, column 1, the same row'],
  [6, 'answer: row 1, column 3: 1 is already in row 1, column 1, the same row'],
  [7, 'rating: expected a number, got "hard"'],
  [8, 'a quote is not closed'],
  [9, 'question: Sudoku text: expected 16 cells, got 81. Write one character per cell, with . for a blank.'],
]

test('bad rows are reported with their line, all of them or the first', async () => {
  const collected = await readSudokuFile(bytesOf(badFile), { name: 'bad.csv', onProblem: 'collect' })
  assert.deepEqual(
    collected.problems.map(({ line, reason }) => [line, reason]),
    badReasons,
  )
  assert.deepEqual(
    collected.rows.map((row) => row.line),
    [2, 10],
  )
  await assert.rejects(readSudokuFile(bytesOf(badFile), { name: 'bad.csv' }), {
    name: 'InputError',
    who: 'bad.csv, line 3',
    expected: 'a well-formed Sudoku with one solution',
    got: String(badReasons[0]![1]).replace(/\.$/, ''),
    hint: 'Correct or remove the line.',
  })
})

test('unknown formats, too many rows, too many bytes and damaged gzip are refused', async () => {
  const reject = (bytes: Uint8Array, limits: { rows?: number; bytes?: number }, message: string | RegExp) =>
    assert.rejects(readSudokuFile(bytes, { name: 'file', limits }), { name: 'InputError', message })
  await reject(
    bytesOf('a,b,c\n'),
    {},
    'file, line 1: expected a header with a column "question", or a Sudoku of 16, 36, 81 or 256 characters, got "a,b,c". Known names are question, puzzle, quiz, quizzes, grid or board for the question and answer, solution or label for the answer.',
  )
  await reject(
    bytesOf('source;input;output\n'),
    {},
    /^file, line 1: expected a header .* Known names are question/,
  )
  await reject(
    bytesOf(`${question}\n${question}\n`),
    { rows: 1 },
    'file: expected at most 1 rows, got more. Split the file.',
  )
  const large = gzipSync(Buffer.alloc(10_000_000, '\n'))
  await reject(
    large,
    { bytes: 1_000_000 },
    'file: expected at most 1000000 bytes, got more. Raise the limit if the file is meant to be that large.',
  )
  await reject(bytesOf(question), { bytes: 4 }, /at most 4 bytes/)
  await reject(
    gzipSync(Buffer.concat([Buffer.from(`${question}\n`), Buffer.alloc(3_000_000, '.')])),
    {},
    'file, line 2: expected lines of at most 1000000 characters, got a longer one. This is not text with one puzzle per line: check that it is the right file.',
  )
  const packed = gzipSync(`${question}\n`.repeat(100))
  await reject(
    packed.subarray(0, packed.length - 20),
    {},
    /^file: expected a complete gzip file, got ".*" while unpacking it\. The file may be cut short or damaged: download or copy it again\.$/,
  )
  assert.deepEqual(
    await decompressed(packed, { name: 'file' }),
    Uint8Array.from(Buffer.from(`${question}\n`.repeat(100))),
  )
})

test('lines end as on Unix, Windows and old Macs, also across the pieces of a file', async () => {
  const count = 5000
  for (const end of ['\n', '\r\n', '\r']) {
    const text = Array.from({ length: count }, () => question).join(end)
    for (const last of ['', end]) {
      const { rows, problems } = await readSudokuFile(bytesOf(text + last), { name: 'lines' })
      assert.deepEqual([rows.length, rows.at(-1)?.line, problems], [count, count, []])
    }
  }
})

test('quoted fields are split', () => {
  assert.deepEqual(splitFields('a, b ,,c'), ['a', 'b', '', 'c'])
  assert.deepEqual(splitFields('"a,b" ,"c ""d""",'), ['a,b', 'c "d"', ''])
  assert.equal(splitFields('a,"b'), undefined)
  assert.equal(splitFields('a,b"c'), undefined)
})

test('a check reports progress, then every problem, the counts by source and a checksum', async () => {
  const text = `source,question\na,${question}\nb,1...............\na,z${question.slice(1)}\na,123....4........\n`
  const events: PuzzleCheckEvent[] = []
  for await (const event of checkSudokuFile(bytesOf(text), { name: 'mixed.csv', progressEvery: 2 }))
    events.push(event)
  const { rows } = await readSudokuFile(bytesOf(`${question}\n`), { name: 'good' })
  assert.deepEqual(events, [
    { kind: 'progress', rows: 2, problemCount: 1 },
    { kind: 'progress', rows: 4, problemCount: 3 },
    {
      kind: 'done',
      report: {
        name: 'mixed.csv',
        rows: 4,
        valid: 1,
        problems: [
          { line: 3, reason: 'the puzzle has more than one solution' },
          {
            line: 4,
            reason:
              'question: row 1, column 1: expected a digit from 1 to 4, or . 0 _ * - ? x X for a blank, got "z". Correct this cell.',
          },
          { line: 5, reason: 'the puzzle has no solution' },
        ],
        problemCount: 3,
        duplicateCount: 0,
        copyCount: 0,
        repeats: [],
        puzzles: 'sudoku',
        title: '4×4 Sudoku',
        kind: { puzzle: 'sudoku', shape: boxShapes['4x4'] },
        sources: { a: 1 },
        checksum: puzzleSetChecksum(toPuzzleSet(rows, { name: 'good' })),
      },
    },
  ])
  const bounded: PuzzleCheckEvent[] = []
  for await (const event of checkSudokuFile(bytesOf(text), { name: 'm', maxProblems: 1 })) bounded.push(event)
  const last = bounded.at(-1)
  assert.ok(last?.kind === 'done' && last.report.problems.length === 1 && last.report.problemCount === 3)
})

/** Has no solution, which takes a million branches to find out: made by changing clue after clue for the worst. */
const hostile = '.1........9...246........1...3......15.......8.9....3.......8.26.1..3.....2......'

async function reportOf(text: string): Promise<PuzzleFileReport> {
  for await (const event of checkSudokuFile(bytesOf(text), { name: 'file' }))
    if (event.kind === 'done') return event.report
  return assert.fail('no report')
}

test('a puzzle made to keep a solver busy is left undecided', async () => {
  const started = performance.now()
  const message = 'the number of solutions could not be decided within 200000 steps'
  assert.deepEqual((await reportOf(`${hostile}\n`)).problems, [{ line: 1, reason: message }])
  const { shape, tokens } = parseSudoku(hostile)
  assert.deepEqual(
    checkQuestion(shape, tokens).map((problem) => [problem.kind, problem.message]),
    [['undecided', message]],
  )
  assert.ok(performance.now() - started < 20_000, 'a fraction of a second each')
  assert.equal(countSolutions(shape, tokens, 2, 3), null)
  const easy = parseSudoku(question)
  assert.equal(
    countSolutions(easy.shape, easy.tokens, 2, 0),
    1,
    'what needs no branch is decided without one',
  )
})

test('repeated puzzles and symmetric copies are counted, of the valid rows only', async () => {
  const { shape, tokens } = parseSudoku(question)
  const copy = formatSudokuLine(applySymmetry(drawSymmetry(shape, new RandomStream(0, 'copy')), tokens))
  assert.notEqual(copy, question)
  const invalid = '1...............'
  const report = await reportOf([question, copy, invalid, question, copy, invalid].join('\n'))
  assert.deepEqual([report.valid, report.duplicateCount, report.copyCount], [4, 2, 1])
  assert.deepEqual(report.repeats, [
    { line: 2, kind: 'copy', of: 1 },
    { line: 4, kind: 'duplicate', of: 1 },
    { line: 5, kind: 'duplicate', of: 1 },
  ])
})

test('a checksum changes with a token, an order and a count', async () => {
  const { rows } = await readSudokuFile(bytesOf(`${question}\n${otherQuestion}\n`), { name: 'two' })
  const set = toPuzzleSet(rows, { name: 'two' })
  const checksum = puzzleSetChecksum(set)
  assert.equal(checksum, '117ac69dbe80520d')
  assert.equal(puzzleSetChecksum({ ...set, name: 'renamed' }), checksum)
  const changed = { ...set, labels: set.labels.slice() }
  changed.labels[31]! += 1
  const others = [changed, selectPuzzles(set, [1, 0]), selectPuzzles(set, [0]), selectPuzzles(set, [0, 1, 1])]
  assert.equal(new Set([checksum, ...others.map(puzzleSetChecksum)]).size, 5)
})

const shared = new URL('../../../../../../shared/data/sudoku/', import.meta.url)
const skip = existsSync(shared) ? false : 'skipped: ../shared/data is not here'

test('a sample of the published-format file is valid and without symmetric copies', { skip }, async () => {
  const whole = await decompressed(readFileSync(new URL('extreme_format_train.csv.gz', shared)), {
    name: 'train',
  })
  const lines = new TextDecoder().decode(whole).trimEnd().split('\n')
  assert.equal(lines.length - 1, 130_125)
  const sample = lines.filter((_, index) => index % 60 === 0).join('\n')
  for await (const event of checkSudokuFile(bytesOf(sample), { name: 'sample' })) {
    if (event.kind === 'done') {
      assert.deepEqual(event.report.problems, [])
      assert.deepEqual([event.report.rows, event.report.valid], [2168, 2168])
    }
  }
  const { rows } = await readSudokuFile(bytesOf(sample), { name: 'sample' })
  assert.equal(
    new Set(rows.map((row) => sudokuFingerprint(boxShapes['9x9'], row.question, row.answer!))).size,
    2168,
  )
})

test('the test sample of Sudoku-Extreme has 491 valid puzzles', { skip }, async () => {
  const bytes = readFileSync(new URL('sudoku_extreme_test_sample.csv.gz', shared))
  for await (const event of checkSudokuFile(bytes, { name: 'test sample' })) {
    if (event.kind === 'progress') continue
    assert.deepEqual(event.report.problems, [])
    assert.deepEqual([event.report.rows, event.report.valid], [491, 491])
    assert.deepEqual(event.report.sources, { sudoku_extreme_test: 491 })
  }
  const { rows } = await readSudokuFile(bytes, { name: 'test sample' })
  const set = toPuzzleSet(rows, { name: 'test sample' })
  assert.equal(set.rating?.length, 491)
})
