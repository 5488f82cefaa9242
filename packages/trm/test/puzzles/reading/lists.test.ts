import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPuzzleAt, readPuzzleText } from '../../../src/puzzles/read.ts'
import {
  bytesOf,
  four,
  nine,
  nineAnswer,
  otherNine,
  questionsOf,
  reportOf,
  rowsOf,
  written,
} from './texts.ts'

const both = [nine, otherNine]
const blanks = ['.', '0', '_', '*', '-', '?', 'x', 'X']

const lists: Record<string, string> = {
  'remarks behind': `${nine} # easy\n${otherNine} // 1,2 ; hard\n`,
  'a rating behind a comma': `${nine},7.1\n${otherNine},8.1\n`,
  'a rating behind a space': `${nine} 7.1\n${otherNine} 8.1\n`,
  'a library with colons': `:0000:x:${nine}:::\n:0610:x:${otherNine}:r1c2:\n`,
  'remarks between': `// mine\n${nine}\n# more\n\n% end\n${otherNine}\n`,
  'a title': `Top puzzles of the week\n${nine}\n${otherNine}\n`,
  'two on a line': `${nine} ${otherNine}\n`,
  links: `https://www.example.org/sudoku.htm?bd=${nine.replaceAll('.', '0')}\nhttp://example.org/#${otherNine}\n`,
  numbered: `1. ${nine}\n2. ${otherNine}\n`,
  'Windows line ends': `${nine}\r\n${otherNine}\r\n`,
}

describe('lists', () => {
  for (const [what, text] of Object.entries(lists))
    test(what, async () => assert.deepEqual(await questionsOf(text), both))

  for (const blank of blanks)
    test(`${blank} is a blank`, async () => {
      const text = both.map((line) => line.replaceAll('.', blank)).join('\n')
      assert.deepEqual(await questionsOf(text), both)
      assert.equal(written(asRow(readPuzzleText(nine.replaceAll('.', blank)))), nine)
      assert.deepEqual(await questionsOf(four.replaceAll('.', blank)), [four])
    })

  const badSecond = `${nine}\n${otherNine}.\n${otherNine}\n`

  test('only the row that is asked for is judged', async () => {
    const at = (row: number) => readPuzzleAt(bytesOf(badSecond), { name: 'file', row })
    assert.equal(written(await at(1)), nine)
    assert.equal(written(await at(3)), otherNine)
    await assert.rejects(
      at(2),
      /^InputError: file, line 2: .* got 82\. Write one character per cell, with \. for a blank\. Correct or remove the line/,
    )
    await assert.rejects(at(4), /expected a file of at least 4 puzzles, got 3/)
  })

  test('a check names the bad lines', async () => {
    const report = await reportOf(badSecond)
    assert.deepEqual([report.rows, report.valid, report.problems.map(({ line }) => line)], [3, 2, [2]])
  })

  test('empty lines before a file are counted and else passed over', async () => {
    const empty = '\n'.repeat(100_000)
    const at = (text: string) => readPuzzleAt(bytesOf(text), { name: 'file', row: 1 })
    assert.equal((await at(`${empty}question,answer\n${nine},${nineAnswer}\n`)).line, 100_002)
    assert.equal((await at(`${empty}${rowsOf(nine).join('\n')}\n`)).line, 100_001)
  })

  test('where the first line is the bad one, it is no title', async () => {
    const report = await reportOf(`${nine}.\n${otherNine}\n`)
    assert.deepEqual([report.rows, report.problems.map(({ line }) => line)], [2, [1]])
  })

  test('what holds no puzzles is named with what may stand there', async () => {
    for (const text of ['hello\n', 'a,b,c\n1,2,3\n', '{"a": 1}', '[]'])
      assert.match(
        String(await questionsOf(text)),
        /^file, line 1: expected a header with a column "question", or /,
      )
    assert.match(String(await questionsOf('')), /^file: expected a text file of puzzles, got an empty file/)
    assert.deepEqual(await questionsOf('\n \n'), [])
  })

  test('the first puzzle of a text that was pasted is read', () => {
    assert.equal(written(asRow(readPuzzleText(`${nine},${nineAnswer}`))), nine)
    assert.equal(written(asRow(readPuzzleText(lists.links!))), nine)
    assert.throws(() => readPuzzleText(nine.slice(1)), /expected 16, 36, 81 or 256 cells, got 80/)
  })
})

const asRow = ({ kind, tokens }: ReturnType<typeof readPuzzleText>) => ({ kind, question: tokens })
