import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Board, boardOf, cellsRight } from '@tiny-recursive-models/trm'
import { labelPath, parseMaze } from '@tiny-recursive-models/trm/puzzles/maze'
import { boxShapes, parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { type Judgement, judge, judgeThought } from '../src/grid/judge.ts'
import { describeStep, describeVerdict } from '../src/think/words.ts'

const sudoku = boardOf({ puzzle: 'sudoku', shape: boxShapes['4x4'] })
const maze3 = boardOf({ puzzle: 'maze', size: 3 })
const solution = parseSudoku('1234341221434321').tokens
const question = parseSudoku('1.3.34..2.4.432.').tokens

describe('an answer', () => {
  test('is right only where every cell is', () => {
    assert.deepEqual(judge(sudoku, question, solution, solution), { isSolved: true, wrong: [], reason: '' })
    const wrong = judge(sudoku, question, solution.with(1, 5).with(15, 4), solution)
    assert.deepEqual([wrong.isSolved, wrong.wrong], [false, [1, 15]])
    assert.match(wrong.reason, /^2 of 7 cells are wrong\.$/)
  })

  test('counts given cells that it changes apart from those to find', () => {
    const open = [...question.keys()].filter((cell) => question[cell] === 1)
    const given = [...question.keys()].filter((cell) => question[cell] !== 1)
    const other = (token: number): number => (token === 5 ? 2 : token + 1)
    const all = judge(sudoku, question, solution.map(other), solution)
    assert.match(all.reason, /^7 of 7 cells are wrong, and it answers 9 given cells with something else\.$/)
    assert.equal(all.wrong.length, open.length + given.length)
    const one = judge(sudoku, question, solution.with(given[0]!, other(solution[given[0]!]!)), solution)
    assert.deepEqual([one.isSolved, one.wrong], [false, [given[0]]])
    assert.match(one.reason, /^It answers 1 given cell with something else\.$/)
  })

  test('of a puzzle with many solutions is held to the rules', () => {
    const empty = parseSudoku('................').tokens
    assert.equal(judge(sudoku, empty, solution, null).isSolved, true)
    const broken = judge(sudoku, empty, solution.with(0, 3), null)
    assert.equal(broken.isSolved, false)
    assert.ok(broken.wrong.includes(0))
  })

  test('of a maze may be any shortest path', () => {
    const maze = parseMaze('S..\n.#.\n..G').tokens
    const label = labelPath(maze)!
    const other = parseMaze('Soo\n.#o\n..G').tokens
    assert.notDeepEqual(label, other)
    assert.equal(judge(maze3, maze, other, label).isSolved, true)
    assert.equal(judge(maze3, maze, label, label).isSolved, true)
    const both = judge(maze3, maze, parseMaze('Soo\no#o\nooG').tokens, label)
    assert.deepEqual([both.isSolved, both.wrong], [false, [3, 6, 7]])
    const throughWall = judge(maze3, maze, parseMaze('So.\n.o.\n..G').tokens, label)
    assert.deepEqual(throughWall.wrong, [2, 4, 5])
  })

  test('of a maze is wrong where it differs from the nearest shortest path', () => {
    const maze = parseMaze('S.G\n...\n...').tokens
    assert.deepEqual(
      judge(maze3, maze, parseMaze('S.G\nooo\n...').tokens, labelPath(maze)!).wrong,
      [1, 3, 4, 5],
    )
    // A path that breaks off is wrong where it does not go on.
    const broken = parseMaze('So.\n...\n..G').tokens
    const open = parseMaze('S..\n...\n..G').tokens
    assert.equal(judge(maze3, open, broken, labelPath(open)!).wrong.length, 2)
    assert.equal(cellsRight(maze3, open, broken, null), 1 - 2 / 7)
  })
})

describe('an answer to a puzzle without a rule', () => {
  const { rule: _, ...plain } = sudoku
  const board: Board = plain

  test('is held to the answer that came with the question', () => {
    assert.equal(judge(board, question, solution, solution).isSolved, true)
    const { isSolved, wrong, reason } = judge(board, question, solution.with(1, 5), solution)
    assert.deepEqual([isSolved, wrong, reason], [false, [1], '1 of 7 cells is wrong.'])
  })

  test('is not judged where none came', () => {
    const { isSolved, wrong, reason } = judge(board, question, solution, null)
    assert.deepEqual([isSolved, wrong], [null, []])
    assert.match(reason, /cannot be checked/)
  })
})

describe('a thought', () => {
  const judged = (marks: string): Judgement[] =>
    [...marks].map((mark) => {
      if (mark === '?') return { isSolved: null, wrong: [], reason: 'Unknown.' }
      return { isSolved: mark === 'y', wrong: [], reason: mark === 'y' ? '' : 'Wrong.' }
    })
  const steps = (...halting: number[]) => halting.map((haltProbability) => ({ haltProbability }))

  test('is solved from the step on after which no answer is wrong', () => {
    assert.equal(judgeThought(steps(0, 0, 0, 0), judged('nyny')).solvedFrom, 4)
    assert.equal(judgeThought(steps(0, 0, 0), judged('yyy')).solvedFrom, 1)
    assert.equal(judgeThought(steps(0, 0), judged('yn')).solvedFrom, null)
    assert.equal(judgeThought([], []).solvedFrom, null)
    assert.equal(judgeThought(steps(0, 0), judged('??')).solvedFrom, null)
  })

  test('would have halted at the first step above one half', () => {
    assert.deepEqual(judgeThought(steps(0.1, 0.5, 0.6, 0.2), judged('nnyy')), {
      solvedFrom: 3,
      haltsAfter: 3,
      isRightAtHalt: true,
    })
    assert.equal(judgeThought(steps(0.9), judged('n')).isRightAtHalt, false)
    assert.equal(judgeThought(steps(0.9), judged('?')).isRightAtHalt, null)
  })

  test('is told in words', () => {
    const words = (halting: number[], marks: string, early: boolean) => {
      const judgements = judged(marks)
      const verdict = judgeThought(steps(...halting), judgements)
      const { headline, detail } = describeVerdict(marks.length, judgements.at(-1)!, verdict, early, true)
      return `${headline}. ${detail}`
    }
    assert.equal(
      words([0.1, 0.9, 1], 'nyy', false),
      'Solved after step 2. Early halting would have stopped it after step 2, with the correct answer.',
    )
    assert.equal(words([0.1, 0.9], 'ny', true), 'Solved after step 2. It halted there by itself.')
    assert.equal(
      words([0.1, 0.2], 'nn', false),
      'Not solved after 2 steps. Wrong. Early halting would not have stopped it sooner.',
    )
    assert.equal(
      words([0.9], 'n', true),
      'Not solved after 1 step. Wrong. It halted by itself after step 1, overconfident.',
    )
    assert.equal(
      words([0.1, 0.9], '??', false),
      'Answered after 2 steps. Unknown. Early halting would have stopped it after step 2.',
    )
    assert.equal(describeStep(2, judged('?')[0], 3), '3 cells changed.')
  })
})
