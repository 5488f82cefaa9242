import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMazeAnswer, checkMazeLabel, checkMazeQuestion } from '../../../src/puzzles/maze/check.ts'
import {
  explore,
  isShortestPath,
  labelPath,
  openCells,
  shortestSteps,
} from '../../../src/puzzles/maze/path.ts'
import { label, otherShortest, question, tokensOf } from './mazes.ts'

test('the search goes down, left, right, up and gives distances', () => {
  const tokens = tokensOf(question)
  const { steps, from, order } = explore(4, 0, openCells(tokens))
  assert.deepEqual([...steps], [0, 1, 2, -1, 1, -1, 3, 4, 2, 3, -1, 5, -1, 4, 5, 6])
  assert.deepEqual([...order], [0, 4, 1, 8, 2, 9, 6, 13, 7, 14, 11, 15])
  assert.equal(from[15], 14, 'the goal is found from its left before it is found from above')
  assert.equal(shortestSteps(tokens), 6)
})

test('the label is the shortest path that the search discovers first', () => {
  assert.deepEqual(labelPath(tokensOf(question)), tokensOf(label))
  assert.equal(labelPath(tokensOf(['S#', '#G'])), undefined)
  assert.equal(labelPath(tokensOf(['S ', '  '])), undefined)
  assert.deepEqual(labelPath(tokensOf(['SG', '##'])), tokensOf(['SG', '##']))
})

const questions: Record<string, [string[], string | null]> = {
  sound: [question, null],
  'no start': [['  ', ' G'], 'there is no start (S)'],
  'two starts': [['SS', ' G'], 'there is more than one start (S): row 1, column 1 and row 1, column 2'],
  'no goal': [['S ', '  '], 'there is no goal (G)'],
  'two goals': [['SG', ' G'], 'there is more than one goal (G): row 1, column 2 and row 2, column 2'],
  unreachable: [['S#', '#G'], 'the goal cannot be reached from the start'],
  'a path': [
    ['So', ' G'],
    'row 1, column 2: path, where a question may have only walls, open cells, S and G',
  ],
}

for (const [what, [rows, message]] of Object.entries(questions))
  test(`question: ${what}`, () =>
    assert.deepEqual(
      checkMazeQuestion(tokensOf(rows)).map((problem) => problem.message),
      message === null ? [] : [message],
    ))

const answers: Record<string, [string[], string, string]> = {
  'a moved wall': [
    ['S #o', 'o#  ', 'oo# ', '#ooG'],
    'answer-differs',
    'row 1, column 3: the answer has a wall, the question has an open cell',
  ],
  'a lost start': [
    ['o  #', 'o#  ', 'oo# ', '#ooG'],
    'answer-differs',
    'row 1, column 1: the answer has path, the question has S',
  ],
  'a gap': [['S  #', 'o#  ', 'o # ', '#ooG'], 'broken', 'the path does not lead from the start to the goal'],
  'no path': [question, 'broken', 'the path does not lead from the start to the goal'],
  'a stray cell': [['So #', 'o#  ', 'oo# ', '#ooG'], 'stray', 'the path marks 6 cells, a shortest one has 5'],
}

for (const [what, [rows, kind, message]] of Object.entries(answers))
  test(`answer: ${what}`, () => {
    const [asked, answer] = [tokensOf(question), tokensOf(rows)]
    assert.deepEqual(
      checkMazeAnswer(asked, answer).map((problem) => [problem.kind, problem.message]),
      [[kind, message]],
    )
    assert.equal(isShortestPath(asked, answer), false)
  })

test('answer: a detour', () => {
  const asked = tokensOf(['S   ', '    ', '### ', 'G   '])
  const answer = tokensOf(['So  ', ' ooo', '###o', 'Gooo'])
  const detour = tokensOf(['Sooo', '   o', '###o', 'Gooo'])
  assert.equal(isShortestPath(asked, answer), true)
  assert.equal(isShortestPath(asked, detour), true, 'also a shortest one')
  const long = tokensOf(['S oo', 'oooo', '###o', 'Gooo'])
  assert.equal(isShortestPath(asked, long), false)
  const around = [tokensOf(['S G', '   ', '   ']), tokensOf(['S G', 'o o', 'ooo'])] as const
  assert.deepEqual(
    checkMazeAnswer(...around).map(({ kind, message }) => [kind, message]),
    [['detour', 'the path has 6 steps, the shortest has 2']],
  )
  assert.equal(isShortestPath(...around), false)
})

test('another shortest path is valid but not the label', () => {
  const [asked, other] = [tokensOf(question), tokensOf(otherShortest)]
  assert.deepEqual(checkMazeAnswer(asked, other), [])
  assert.equal(isShortestPath(asked, other), true)
  assert.deepEqual(
    checkMazeLabel(asked, other).map(({ kind, message }) => [kind, message]),
    [
      [
        'other-label',
        'a shortest path, but not the one chosen by the label rule: they first differ at row 1, column 2',
      ],
    ],
  )
  assert.deepEqual(checkMazeLabel(asked, tokensOf(label)), [])
})

test('what is no answer at all is no shortest path', () => {
  const asked = tokensOf(question)
  assert.equal(isShortestPath(asked, new Int32Array(9)), false)
  assert.equal(isShortestPath(asked, new Int32Array(16)), false)
  assert.equal(checkMazeAnswer(asked, new Int32Array(9))[0]?.message, 'the answer has 9 cells instead of 16')
  assert.equal(
    checkMazeQuestion(new Int32Array(9))[0]?.message,
    'row 1, column 1: token 0, where a question may have only walls, open cells, S and G',
  )
  assert.equal(checkMazeQuestion(new Int32Array(10))[0]?.kind, 'wrong-length')
})
