import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPuzzleFile } from '../../../src/puzzles/read.ts'
import {
  bytesOf,
  four,
  maze,
  nine,
  nineAnswer,
  otherNine,
  otherNineAnswer,
  questionsOf,
  reportOf,
  written,
} from './texts.ts'

const both = [nine, otherNine]
const answers = [nineAnswer, otherNineAnswer]
const read = async (text: string) => (await readPuzzleFile(bytesOf(text), { name: 'file' })).rows

/** Files with both puzzles and their answers. */
const withAnswers: Record<string, string> = {
  'quizzes and solutions': `quizzes,solutions\n${nine.replaceAll('.', '0')},${nineAnswer}\n${otherNine},${otherNineAnswer}\n`,
  'further columns': `id,puzzle,solution,clues,difficulty\n1,${nine},${nineAnswer},25,easy\n2,${otherNine},${otherNineAnswer},20,hard\n`,
  'an index without a name': `,source,question,answer,rating\n0,own,${nine},${nineAnswer},0\n1,own,${otherNine},${otherNineAnswer},0\n`,
  'another order and case': `Solution,Sudoku\n${nineAnswer},${nine}\n${otherNineAnswer},${otherNine}\n`,
  'quoted names': `"Puzzle","Solution"\r\n"${nine}","${nineAnswer}"\r\n"${otherNine}","${otherNineAnswer}"\r\n`,
  'names of other kinds': `grid;Label\n${nine};${nineAnswer}\n${otherNine};${otherNineAnswer}\n`,
  'a title and a separator line of Excel': `sep=;\nMy puzzles\nquiz;answer\n${nine};${nineAnswer}\n${otherNine};${otherNineAnswer}\n`,
  'columns the other way round': `${nineAnswer},${nine}\n${otherNineAnswer},${otherNine}\n`,
  'no header, with an index': `1,${nine},${nineAnswer}\n2,${otherNine},${otherNineAnswer}\n`,
  'answers beside questions': `${nine} ${nineAnswer}\n${otherNineAnswer} ${otherNine}\n`,
  semicolons: `source;question;answer;rating\na;${nine};${nineAnswer};1,5\nb;${otherNine};${otherNineAnswer};2\n`,
  'semicolons without a header': `${nine};${nineAnswer}\n${otherNine};${otherNineAnswer}\n`,
  tabs: `question\tanswer\n${nine}\t${nineAnswer}\n${otherNine}\t${otherNineAnswer}\n`,
  'tabs, other columns': `7.1\t${nine}\t${nineAnswer}\teasy\n8.1\t${otherNine}\t${otherNineAnswer}\thard\n`,
}

describe('tables', () => {
  for (const [what, text] of Object.entries(withAnswers))
    test(what, async () => {
      const rows = await read(text)
      assert.deepEqual(rows.map(written), both)
      assert.deepEqual(
        rows.map(({ kind, answer }) => answer && written({ kind, question: answer })),
        answers,
      )
    })

  test('a comma is a decimal point where semicolons divide fields, and words of difficulty are no rating', async () => {
    assert.deepEqual(
      (await read(withAnswers.semicolons!)).map(({ rating, source }) => [rating, source]),
      [
        [1.5, 'a'],
        [2, 'b'],
      ],
    )
    assert.deepEqual(
      (await read(withAnswers['further columns']!)).map(({ rating }) => rating),
      [undefined, undefined],
    )
    assert.equal((await read(`difficulty,puzzle\n2.5,${nine}\n`))[0]!.rating, 2.5)
  })

  test('mazes under the name of their family', async () => {
    const line = maze.join('')
    const question = line.replaceAll('#', '#')
    assert.deepEqual(await questionsOf(`id,maze\n1,${line}\n`), [question])
    assert.deepEqual(await questionsOf(`id\tMazes\n1\t${line}\n`), [question])
    assert.deepEqual(await questionsOf(`1;${line}\n`), [question])
  })

  test('a header without known names is named with those that are known', async () => {
    for (const text of [`foo,bar\n${nine},${nineAnswer}\n`, `nr;input;output\n1;${nine};${nineAnswer}\n`])
      assert.match(
        String(await questionsOf(text)),
        /^file, line 1: expected a header with a column question, puzzle, quiz, quizzes, grid or board, got ".*"\. Use these names, answer, solution or label for the answers, /,
      )
  })

  test('a family is told by its certain marks, or by the header', async () => {
    assert.equal((await reportOf(`question\nxxxx\nS# G\n`)).puzzles, 'maze')
    assert.equal((await reportOf(`sudoku\n${'.'.repeat(81)}\n`)).puzzles, 'sudoku')
  })

  test('a bad row keeps its line and the others are read', async () => {
    const report = await reportOf(`puzzle,solution\n${nine},${nineAnswer}\n${nine}.,\n${nine}\n${four},\n`)
    assert.deepEqual([report.rows, report.valid], [4, 1])
    assert.deepEqual(
      report.problems.map(({ line }) => line),
      [3, 4, 5],
    )
  })
})
