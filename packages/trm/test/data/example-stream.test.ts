import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleStream } from '../../src/data/example-stream.ts'
import { ignoredLabel, type PuzzleSet, puzzleAt, selectPuzzles } from '../../src/data/puzzle-set.ts'
import { augmentationOf } from '../../src/puzzles/sets.ts'
import { sudokuBoard } from '../../src/puzzles/sudoku/board.ts'
import { boxShapes } from '../../src/puzzles/sudoku/shape.ts'

const sudoku = augmentationOf(sudokuBoard({ puzzle: 'sudoku', shape: boxShapes['4x4'] }))

/** Ten sets of 16 cells; the label of cell c in puzzle p tells both, so that a draw can be recognised. */
function countedSet(count: number): PuzzleSet {
  return {
    name: 'counted',
    count,
    cells: 16,
    symbols: 6,
    identifiers: count,
    inputs: Int32Array.from({ length: count * 16 }, (_, place) => place % 6),
    labels: Int32Array.from({ length: count * 16 }, (_, place) =>
      place % 16 === 0 ? ignoredLabel : 2 + (place % 4),
    ),
    puzzleIdentifiers: Int32Array.from({ length: count }, (_, puzzle) => puzzle),
    source: Array.from({ length: count }, (_, puzzle) => `source ${puzzle}`),
    rating: Float64Array.from({ length: count }, (_, puzzle) => puzzle / 2),
  }
}

test('a draw depends on the seed and its number, not on the draws before it', () => {
  const set = countedSet(10)
  for (const options of [{}, { augment: sudoku }]) {
    const inOrder = exampleStream(set, { seed: 5, ...options })
    const expected = Array.from({ length: 60 }, (_, index) => inOrder.draw(index))
    const backwards = exampleStream(set, { seed: 5, ...options })
    for (let index = 59; index >= 0; index--) assert.deepEqual(backwards.draw(index), expected[index])
    const hopping = exampleStream(set, { seed: 5, ...options })
    for (let step = 0; step < 60; step++) {
      const index = (step * 37) % 60
      assert.deepEqual(hopping.draw(index), expected[index])
    }
    assert.deepEqual(exampleStream(set, { seed: 5, ...options }).draw(41), expected[41], 'a resumed run')
    const other = exampleStream(set, { seed: 6, ...options })
    assert.notDeepEqual(
      Array.from({ length: 60 }, (_, index) => other.draw(index)),
      expected,
    )
  }
})

test('every epoch visits every puzzle once, in an order of its own', () => {
  const stream = exampleStream(countedSet(10), { seed: 1 })
  const orders = new Set<string>()
  for (let epoch = 0; epoch < 20; epoch++) {
    const order = Array.from({ length: 10 }, (_, place) => stream.draw(epoch * 10 + place).identifier)
    assert.deepEqual(order.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    orders.add(order.join())
  }
  assert.equal(orders.size, 20)
})

test('augmentation moves unscored labels with their cell and never changes them', () => {
  const stream = exampleStream(countedSet(3), { seed: 2, augment: sudoku })
  const places = new Set<number>()
  for (let index = 0; index < 200; index++) {
    const { inputs, labels } = stream.draw(index)
    assert.equal(labels.filter((label) => label === ignoredLabel).length, 1)
    assert.ok(labels.every((label) => label === ignoredLabel || (label >= 2 && label < 6)))
    assert.deepEqual(
      [0, 1].map((token) => inputs.filter((input) => input === token).length),
      [0, 1].map(
        (token) =>
          puzzleAt(countedSet(3), stream.draw(index).identifier).inputs.filter((input) => input === token)
            .length,
      ),
      'PAD and blank stay',
    )
    places.add(labels.indexOf(ignoredLabel))
  }
  assert.equal(places.size, 16, 'every cell is reached')
})

test('sets that cannot be drawn from are refused', () => {
  assert.throws(() => exampleStream(countedSet(0), { seed: 1 }), {
    message:
      'puzzle set "counted": expected at least one puzzle to draw from, got none. Check the file or the split that the set comes from.',
  })
  assert.throws(() => exampleStream(countedSet(2), { seed: 1 }).draw(-1), /got -1\. Count the examples/)
})

test('selected puzzles keep their tokens, identifiers, sources and ratings', () => {
  const set = countedSet(10)
  const some = selectPuzzles(set, [7, 2, 7], 'some')
  assert.equal(some.name, 'some')
  assert.equal(some.count, 3)
  assert.deepEqual(puzzleAt(some, 0), puzzleAt(set, 7))
  assert.deepEqual(puzzleAt(some, 1), puzzleAt(set, 2))
  assert.deepEqual(some.source, ['source 7', 'source 2', 'source 7'])
  assert.deepEqual([...some.rating!], [3.5, 1, 3.5])
  assert.throws(() => selectPuzzles(set, [10]), {
    message: 'puzzle set "counted": expected a puzzle from 0 to 9, got 10. Puzzles are counted from 0.',
  })
})

test('an epoch visits one random puzzle of every group of copies', () => {
  const set = { ...countedSet(10), groupStarts: Int32Array.of(0, 4, 5, 10) }
  const groupOf = (identifier: number) => (identifier < 4 ? 0 : identifier < 5 ? 1 : 2)
  const stream = exampleStream(set, { seed: 3 })
  const drawn = Array.from({ length: 300 }, (_, index) => stream.draw(index).identifier)
  for (let epoch = 0; epoch < 100; epoch++) {
    const visited = drawn.slice(3 * epoch, 3 * epoch + 3).map(groupOf)
    assert.deepEqual(visited.sort(), [0, 1, 2])
  }
  assert.equal(new Set(drawn).size, 10, 'every copy comes up in time')
  assert.equal(selectPuzzles(set, [1, 2]).groupStarts, undefined)
})

test('of easy puzzles an epoch visits a share, another one each time, and all others', () => {
  const easy = { below: 3, share: 0.5 }
  const stream = exampleStream(countedSet(10), { seed: 1, easy })
  const seen = new Set<number>()
  for (let epoch = 0; epoch < 10; epoch++) {
    // Ratings 0, 0.5 … 4.5: six are easy, and three of them are visited.
    const visited = Array.from({ length: 7 }, (_, place) => stream.draw(epoch * 7 + place).identifier)
    assert.equal(new Set(visited).size, 7)
    assert.deepEqual(visited.filter((puzzle) => puzzle >= 6).toSorted(), [6, 7, 8, 9])
    for (const puzzle of visited) seen.add(puzzle)
  }
  assert.equal(seen.size, 10)
  const { rating: _, ...unrated } = countedSet(4)
  assert.throws(() => exampleStream(unrated, { seed: 1, easy }), /ratings, by which/)
  assert.throws(
    () => exampleStream(countedSet(4), { seed: 1, easy: { below: 9, share: 0 } }),
    /only easy ones/,
  )
})
