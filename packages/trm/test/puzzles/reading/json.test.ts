import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseMaze } from '../../../src/puzzles/maze/grid.ts'
import { readPuzzleAt, readPuzzleFile, readPuzzleText } from '../../../src/puzzles/read.ts'
import { parseSudoku } from '../../../src/puzzles/sudoku/text.ts'
import {
  bytesOf,
  maze,
  nine,
  nineAnswer,
  otherNine,
  otherNineAnswer,
  questionsOf,
  reportOf,
  rowsOf,
  written,
} from './texts.ts'

const marks = (line: string) => rowsOf(line).map((row) => [...row])
const numbers = (line: string) => marks(line).map((row) => row.map((mark) => Number(mark.replace('.', '0'))))
const both = [nine, otherNine]
const json = (value: unknown): string => JSON.stringify(value)

const single: Record<string, unknown> = {
  'strings of a board': marks(nine),
  'numbers of a board': numbers(nine),
  'empty cells as null': numbers(nine).map((row) => row.map((digit) => digit || null)),
  'rows as strings': rowsOf(nine),
  'all cells in one list': numbers(nine).flat(),
  'a board by its name': { board: numbers(nine) },
  'question and solution': { puzzle: nine, solution: nineAnswer, difficulty: 'Medium' },
  'an answer of a service': {
    newboard: {
      grids: [{ value: numbers(nine), solution: numbers(nineAnswer), difficulty: 'Hard' }],
      results: 1,
    },
  },
}

const several: Record<string, string> = {
  'a list of boards': json(both.map(numbers)),
  'a list of strings': json(both),
  'a list of objects': json(both.map((question) => ({ id: 1, question }))),
  'a list under a name': json({ puzzles: both }),
  'questions and answers beside each other': json({
    quizzes: both,
    solutions: [nineAnswer, otherNineAnswer],
  }),
  'JSON lines': `${json({ question: nine, answer: nineAnswer })}\n\n${json({ answer: otherNineAnswer, question: otherNine })}\n`,
  'JSON lines of boards': both.map((line) => json(numbers(line))).join('\n'),
  'an indented list': JSON.stringify(both.map(marks), null, 2),
}

describe('JSON', () => {
  for (const [what, value] of Object.entries(single))
    test(what, async () => {
      for (const text of [json(value), JSON.stringify(value, null, 2)]) {
        assert.deepEqual(await questionsOf(text), [nine])
        const { kind, tokens } = readPuzzleText(text)
        assert.equal(written({ kind, question: tokens }), nine)
      }
    })

  for (const [what, text] of Object.entries(several))
    test(what, async () => {
      assert.deepEqual(await questionsOf(text), both)
      assert.equal(written(await readPuzzleAt(bytesOf(text), { name: 'file', row: 2 })), otherNine)
    })

  test('answers are read too, and lines are counted', async () => {
    const { rows } = await readPuzzleFile(bytesOf(several['JSON lines']!), { name: 'file' })
    assert.deepEqual(
      rows.map(({ line, kind, answer }) => [line, answer && written({ kind, question: answer })]),
      [
        [1, nineAnswer],
        [3, otherNineAnswer],
      ],
    )
    const bad = `[\n  "${nine}",\n  "${nine}.",\n\n  "${otherNine}"\n]\n`
    const report = await reportOf(bad)
    assert.deepEqual([report.rows, report.valid, report.problems.map(({ line }) => line)], [3, 2, [3]])
    const badLines = await reportOf(`${json({ puzzle: nine })}\n${json({ puzzle: otherNine })}\n{"puzzle"\n`)
    assert.deepEqual(
      badLines.problems.map(({ line, reason }) => [line, reason]),
      [[3, 'expected JSON with a question']],
    )
  })

  test('mazes', async () => {
    const line = maze.join('')
    for (const value of [maze, maze.map((row) => [...row]), { maze: maze.join('') }, [{ question: line }]])
      assert.deepEqual(await questionsOf(json(value)), [line])
    const digits = maze.map((row) => [...row].map((mark) => ' #SG'.indexOf(mark)))
    assert.match(
      String(await questionsOf(json(digits))),
      /expected a maze of # \* █ or X for a wall.*got a 7×7 grid of the digits 0 1 2 3, whose meaning is not known/,
    )
  })

  test('a library call with something else than text says so', () => {
    for (const value of [marks(nine), null, undefined, 81, {}])
      for (const parse of [parseSudoku, parseMaze, readPuzzleText])
        assert.throws(() => parse(value as never), { name: 'InputError', expected: 'text' })
  })

  test('JSON that is cut short is named', async () => {
    const cut = json(Array.from({ length: 300 }, () => both)).slice(0, -9)
    assert.match(String(await questionsOf(cut)), /^file/)
    const long = JSON.stringify(
      Array.from({ length: 300 }, () => nine),
      null,
      1,
    ).slice(0, -3)
    assert.match(String(await questionsOf(long)), /^file: expected JSON, got text that begins like JSON/)
  })
})
