import assert from 'node:assert/strict'
import { test } from 'node:test'
import { puzzleSetChecksum } from '../../../src/data/checksum.ts'
import { type PuzzleSet, puzzleAt } from '../../../src/data/puzzle-set.ts'
import { splitPuzzleSet } from '../../../src/data/split.ts'
import { checkAnswer, checkQuestion } from '../../../src/puzzles/sudoku/check.ts'
import { sudokuFingerprint } from '../../../src/puzzles/sudoku/fingerprint.ts'
import { boxShapes } from '../../../src/puzzles/sudoku/shape.ts'
import { generateSudokuSets } from '../families.ts'

function puzzles(set: PuzzleSet) {
  return Array.from({ length: set.count }, (_, index) => puzzleAt(set, index))
}

test('generated sets share no puzzle and no symmetric copy', async () => {
  const box = boxShapes['6x6']
  const sets = await generateSudokuSets({ box, train: 200, validation: 30, test: 40, minimal: true, seed: 1 })
  assert.deepEqual([sets.train.count, sets.validation.count, sets.test.count], [200, 30, 40])
  assert.equal(sets.train.name, 'generated 6×6 Sudoku train')
  const all = [sets.train, sets.validation, sets.test].flatMap(puzzles)
  for (const { inputs, labels, identifier } of all) {
    assert.deepEqual(checkQuestion(box, inputs), [])
    assert.deepEqual(checkAnswer(box, inputs, labels), [])
    assert.equal(identifier, 0)
  }
  assert.equal(new Set(all.map(({ inputs, labels }) => sudokuFingerprint(box, inputs, labels))).size, 270)
})

test('more training puzzles leave the test and the validation set as they were', async () => {
  const options = { box: boxShapes['6x6'], validation: 10, test: 10, minimal: true, seed: 1 }
  const small = await generateSudokuSets({ ...options, train: 20 })
  const large = await generateSudokuSets({ ...options, train: 40 })
  assert.deepEqual(small.test, large.test)
  assert.deepEqual(small.validation, large.validation)
  assert.deepEqual(small.train.inputs, large.train.inputs.subarray(0, 20 * 36))
  assert.equal(
    puzzleSetChecksum(small.test),
    '0b28a2628e097510',
    'the same puzzles on every platform and in every version',
  )
  assert.notEqual(
    puzzleSetChecksum((await generateSudokuSets({ ...options, train: 0, seed: 2 })).test),
    puzzleSetChecksum(small.test),
  )
})

test('wrong counts are refused by name', async () => {
  const options = { box: boxShapes['4x4'], train: 10, validation: 1.5, test: 10, minimal: true, seed: 1 }
  await assert.rejects(generateSudokuSets(options), {
    message:
      'data.validation: expected a whole number of puzzles from 0, got 1.5. Give a count such as 1000.',
  })
  await assert.rejects(
    generateSudokuSets({ ...options, validation: 20 }),
    /expected 40 different puzzles \(4×4 Sudoku\), got 36/,
  )
})

test('a split takes different puzzles, tells which, and keeps validation when training grows', async () => {
  const { train: set } = await generateSudokuSets({
    box: boxShapes['4x4'],
    train: 60,
    validation: 0,
    test: 0,
    minimal: false,
    seed: 3,
  })
  const split = splitPuzzleSet(set, { train: 40, validation: 20, seed: 7 })
  assert.deepEqual([split.train.count, split.validation.count], [40, 20])
  assert.deepEqual(
    [...split.trainIndices, ...split.validationIndices].sort((a, b) => a - b),
    [...new Array(60).keys()],
  )
  assert.deepEqual(puzzleAt(split.train, 5), puzzleAt(set, split.trainIndices[5]!))
  assert.deepEqual(splitPuzzleSet(set, { train: 40, validation: 20, seed: 7 }), split)
  const smaller = splitPuzzleSet(set, { train: 10, validation: 20, seed: 7 })
  assert.deepEqual(smaller.validationIndices, split.validationIndices)
  assert.deepEqual(smaller.trainIndices, split.trainIndices.slice(0, 10))
  assert.throws(() => splitPuzzleSet(set, { train: 50, validation: 20, seed: 7 }), {
    message:
      'split of puzzle set "generated 4×4 Sudoku train": expected whole numbers that sum to at most its 60 puzzles, got train 50 and validation 20. Ask for fewer puzzles.',
  })
})
