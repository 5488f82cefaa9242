import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { type PuzzleSet, puzzleAt } from '../../src/data/puzzle-set.ts'
import { boardOf } from '../../src/puzzles/index.ts'
import { loadDataSets } from '../../src/puzzles/load.ts'
import { readPuzzleFile, readPuzzleText } from '../../src/puzzles/read.ts'
import { takuzu } from '../../src/puzzles/takuzu/index.ts'
import { mistakes, solutions } from '../../src/puzzles/takuzu/rules.ts'

const board = boardOf({ puzzle: 'takuzu', size: 4 })
const solution = ['0110', '1001', '0011', '1100'].join('')

test('the rules of Takuzu are told apart', () => {
  const messages = (text: string) => mistakes(board.parse(text), 4).map(({ message }) => message)
  assert.deepEqual(messages(solution), [])
  assert.deepEqual(messages(`0001${'.'.repeat(12)}`), ['three alike stand together in row 1'])
  assert.deepEqual(messages(`11.1${'.'.repeat(12)}`), ['row 1 has more than 2 times 1'])
  assert.deepEqual(messages(['0110', '0110', '....', '....'].join('')), ['row 1 and row 2 are the same'])
  assert.deepEqual(messages('0...0...0.......'), ['three alike stand together in column 1'])
})

test('every solution is found once, by an exhaustive count', () => {
  // All 4×4 grids by brute force: 2^16 of them.
  let count = 0
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const tokens = Int32Array.from({ length: 16 }, (_, cell) => 2 + ((bits >> cell) & 1))
    if (mistakes(tokens, 4).length === 0) count += 1
  }
  assert.equal(solutions(board.empty(), 4, 1_000).length, count)
})

test('generated puzzles have one solution, and no clue can be left out', () => {
  for (const size of [4, 6, 8])
    for (let index = 0; index < 4; index++) {
      const { question, answer } = takuzu.grid.generate!(
        { puzzle: 'takuzu', size },
        new RandomStream(3, index),
      )
      assert.deepEqual(solutions(question, size, 2), [answer])
      for (const [cell, token] of question.entries())
        if (token !== 1) assert.equal(solutions(question.with(cell, 1), size, 2).length, 2)
    }
})

test('an answer is judged by the rules and by its givens', () => {
  const { rule } = board
  const question = board.parse('0...............')
  assert.ok(rule!.isSolved(question, board.parse(solution)))
  assert.deepEqual(rule!.problems(board.parse('1...............'), board.parse(solution)), [
    { kind: 'answer-differs', cells: [0], message: 'row 1, column 1: the answer is 0, the given is 1' },
  ])
  assert.deepEqual(
    rule!.problems(question, board.parse(solution.replace('0', '.'))).map(({ message }) => message),
    ['row 1, column 1: the answer is blank'],
  )
  assert.match(String(rule!.solve(question)), /more than one solution/)
})

test('the same seed gives the same puzzles for ever', () => {
  const first = (size: number) => {
    const { question } = takuzu.grid.generate!({ puzzle: 'takuzu', size }, new RandomStream(3, 0))
    return Array.from(question, (token) => board.marks[token]).join('')
  }
  assert.deepEqual([4, 6].map(first), ['..1....1.11..0..', '..01..1..1......0...11........0....1'])
})

test('symmetries keep what is right, and undo', () => {
  for (let index = 0; index < 20; index++) {
    const { apply, invert } = board.symmetry!(new RandomStream(index))
    const tokens = board.parse(solution)
    assert.deepEqual(mistakes(apply(tokens), 4), [])
    assert.deepEqual(invert(apply(tokens)), tokens)
  }
})

test('Takuzus are told from Sudokus of their size, and the sets of a recipe share no copy', async () => {
  const text = '0.1..1.........0'
  assert.deepEqual(readPuzzleText(text).kind, { puzzle: 'takuzu', size: 4 })
  assert.equal(readPuzzleText('..1.3....32.12.4').kind.puzzle, 'sudoku')
  const bytes = new TextEncoder().encode(`question\n${text}\n`)
  const { rows } = await readPuzzleFile(bytes, { name: 'file' })
  assert.deepEqual(rows[0]!.question, board.parse(text))
  const data = {
    kind: 'takuzu-generated',
    size: 6,
    train: 60,
    validation: 10,
    test: 10,
    augment: true,
  } as const
  const sets = await loadDataSets({ ...data, seed: 1 }, () => assert.fail('generated'))
  const parts = [sets.train.puzzles!, sets.validation as PuzzleSet, sets.test as PuzzleSet]
  const { fingerprint } = boardOf({ puzzle: 'takuzu', size: 6 })
  const prints = parts.flatMap((set) =>
    Array.from({ length: set.count }, (_, index) => {
      const { inputs, labels } = puzzleAt(set, index)
      return fingerprint(inputs, labels)
    }),
  )
  assert.equal(new Set(prints).size, 80)
})

test('the guide to a new family quotes this one, and says how long it is', async () => {
  const read = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')
  const folder = 'packages/trm/src/puzzles/takuzu'
  const files = await readdir(new URL(`../../../../${folder}`, import.meta.url))
  const texts = await Promise.all(files.map((name) => read(`${folder}/${name}`)))
  const lines = texts.reduce((sum, text) => sum + text.trimEnd().split('\n').length, 0)
  assert.ok(lines < 200)
  const guide = await read('docs/puzzles.md')
  assert.ok(guide.includes(`The folder has ${lines} lines`), `${lines} lines`)
  const [, value] = (await read(`${folder}/index.ts`)).split(/(?=^export const takuzu)/m)
  assert.ok(guide.includes(value!.trimEnd().replace(/^(?=.)/gm, '   ')), value)
})
