import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import {
  applyTransform,
  augmentedName,
  drawTransform,
  identityTransform,
  invertTransform,
  packTransform,
  parseAugmentedName,
  permutationCount,
  unpackTransform,
} from '../../../src/puzzles/arc/augment.ts'
import { cropTokens, encodeGrid, encodeLabels } from '../../../src/puzzles/arc/encode.ts'
import { type Grid, gridFromJson, gridKey, gridsEqual, gridToJson } from '../../../src/puzzles/arc/grid.ts'

const grid = (...rows: number[][]): Grid => gridFromJson(rows, 'test grid')
const turned = (dihedral: number, value: Grid) =>
  gridToJson(applyTransform({ ...identityTransform, dihedral }, value))

test('a grid is read from JSON and written back, and has a key of its own', () => {
  const json = [
    [0, 1, 2],
    [9, 8, 7],
  ]
  const read = gridFromJson(json, 'g')
  assert.deepEqual(gridToJson(read), json)
  assert.equal(gridKey(read), '2x3:012987')
  assert.equal(gridsEqual(read, grid([0, 1, 2], [9, 8, 7])), true)
  assert.equal(gridsEqual(read, grid([0, 1, 2], [9, 8, 6])), false)
  assert.equal(gridsEqual(read, grid([0, 1], [2, 9], [8, 7])), false)
})

test('what is no grid is refused with its place', () => {
  const hint = 'A grid is a list of equally long rows of colours 0 to 9, at most 30 by 30: check the file.'
  const cases: [unknown, string][] = [
    ['no', 'g: expected 1 to 30 rows, got "no". '],
    [[], 'g: expected 1 to 30 rows, got 0 rows. '],
    [Array(31).fill([1]), 'g: expected 1 to 30 rows, got 31 rows. '],
    [[1], 'g, row 0: expected a row of colours, got 1. '],
    [[[]], 'g, row 0: expected 1 to 30 colours, got 0. '],
    [[Array(31).fill(0)], 'g, row 0: expected 1 to 30 colours, got 31. '],
    [[[1, 2], [3]], 'g, row 1: expected 2 colours, as in the first row, got 1. '],
    [[[1, 10]], 'g, row 0, column 1: expected a colour from 0 to 9, got 10. '],
    [[[1.5]], 'g, row 0, column 0: expected a colour from 0 to 9, got 1.5. '],
    [[[-1]], 'g, row 0, column 0: expected a colour from 0 to 9, got -1. '],
    [[['1']], 'g, row 0, column 0: expected a colour from 0 to 9, got "1". '],
  ]
  for (const [value, message] of cases)
    assert.throws(() => gridFromJson(value, 'g'), { message: `${message}${hint}` })
})

test('the eight symmetries are those of the published builder', () => {
  // Values of numpy: rot90 k = 1, 2, 3, fliplr, flipud, T, fliplr(rot90).
  const value = grid([1, 2, 3], [4, 5, 6])
  assert.deepEqual(turned(0, value), [[1, 2, 3], [4, 5, 6]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(1, value), [[3, 6], [2, 5], [1, 4]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(2, value), [[6, 5, 4], [3, 2, 1]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(3, value), [[4, 1], [5, 2], [6, 3]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(4, value), [[3, 2, 1], [6, 5, 4]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(5, value), [[4, 5, 6], [1, 2, 3]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(6, value), [[1, 4], [2, 5], [3, 6]]) // biome-ignore format: one line a symmetry
  assert.deepEqual(turned(7, value), [[6, 3], [5, 2], [4, 1]]) // biome-ignore format: one line a symmetry
  assert.throws(() => turned(8, value), /expected a symmetry from 0 to 7, got 8/)
})

test('every transform is undone by its inverse, keeps black, and has a number of its own', () => {
  const random = new RandomStream(1, 'test')
  const value = grid([0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 0, 1])
  for (let trial = 0; trial < 200; trial++) {
    const transform = drawTransform(random)
    const changed = applyTransform(transform, value)
    assert.ok(gridsEqual(applyTransform(invertTransform(transform), changed), value))
    assert.equal(transform.colours[0], 0)
    assert.deepEqual(unpackTransform(packTransform(transform)), transform)
    assert.deepEqual(parseAugmentedName(augmentedName('abc', transform)), { task: 'abc', transform })
  }
  assert.equal(packTransform(identityTransform), 0)
  assert.deepEqual(unpackTransform(0), identityTransform)
  const last = { dihedral: 7, colours: [0, 9, 8, 7, 6, 5, 4, 3, 2, 1] }
  assert.equal(packTransform(last), permutationCount * 8 - 1)
  assert.deepEqual(unpackTransform(permutationCount * 8 - 1), last)
})

test('names are those of the published builder, and others are refused', () => {
  const transform = { dihedral: 5, colours: [0, 3, 6, 7, 5, 1, 4, 2, 8, 9] }
  assert.equal(augmentedName('8e2edd66', transform), '8e2edd66|||t5|||0367514289')
  assert.deepEqual(parseAugmentedName('8e2edd66'), { task: '8e2edd66', transform: identityTransform })
  for (const name of ['a|||t8|||0123456789', 'a|||t1|||1023456789', 'a|||t1|||0113456789', 'a|||t1', '|||t1|||0123456789', 'a|||t1|||0123456789|||x']) // biome-ignore format: a list
    assert.throws(() => parseAugmentedName(name), {
      message: `name of an augmented ARC task: expected task|||t<0 to 7>|||<0 and the digits 1 to 9 in any order>, got ${JSON.stringify(name)}. Such names are found in identifiers.json; the file is damaged or of another kind.`,
    })
})

test('a grid stands on the canvas with a border where there is room, without a corner', () => {
  const value = grid([0, 9], [3, 4])
  assert.deepEqual(Array.from(encodeGrid(value, 4)), [2, 11, 1, 0, 5, 6, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0])
  assert.deepEqual(
    Array.from(encodeGrid(value, 4, { row: 2, column: 1 })),
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 11, 1, 0, 5, 6, 1],
  )
  assert.deepEqual(Array.from(encodeGrid(value, 2)), [2, 11, 5, 6])
  assert.deepEqual(Array.from(encodeLabels(value, 3)), [2, 11, 1, 5, 6, 1, 1, 1, -100])
  assert.throws(() => encodeGrid(value, 2, { row: 0, column: 1 }), {
    message:
      'ARC canvas: expected a grid that fits on 2×2 cells, got 2×2 at row 0, column 1. Use a larger canvas, or leave out tasks with larger grids.',
  })
})

test('the crop is the largest rectangle of colours from the top left', () => {
  const value = grid([0, 9, 1], [3, 4, 5])
  assert.ok(gridsEqual(cropTokens(encodeGrid(value, 5), 5), value))
  assert.ok(gridsEqual(cropTokens(encodeGrid(value, 3), 3), value))
  const crop = (side: number, ...tokens: number[]) => gridKey(cropTokens(tokens, side))
  assert.equal(crop(2, 1, 2, 2, 2), '0x0:')
  assert.equal(crop(2, 2, 3, 4, 0), '1x2:01') // 1×2 and 2×1 are equal: fewer rows
  assert.equal(crop(3, 2, 2, 2, 3, 3, 0, 0, 0, 0), '2x2:0011')
  assert.equal(crop(3, 2, 0, 2, 3, 3, 0, 4, 4, 4), '3x1:012')
  assert.equal(crop(2, 12, 2, 2, 2), '0x0:')
})

const recorded = new URL('../../../../../bench/test/fixtures/arc_vote.json', import.meta.url)

test('encoding and augmentation agree with the published evaluator’s rows', () => {
  const vote = JSON.parse(readFileSync(recorded, 'utf8')) as {
    identifiers: string[]
    test_puzzles: Record<string, { test: { input: number[][] }[] }>
    rows: { puzzle_identifier: number; inputs: string; preds: string }[]
  }
  let compared = 0
  for (const row of vote.rows) {
    const name = vote.identifiers[row.puzzle_identifier]!
    if (name === '<blank>') continue
    const { task, transform } = parseAugmentedName(name)
    const tokens = Array.from(row.inputs, (letter) => letter.charCodeAt(0) - 97)
    const original = applyTransform(invertTransform(transform), cropTokens(tokens, 30))
    const inputs = vote.test_puzzles[task]!.test.map(({ input }) => gridFromJson(input, task))
    const found = inputs.find((input) => gridsEqual(input, original))
    assert.ok(found, `${name}: the input is one of the task's`)
    assert.deepEqual(Array.from(encodeGrid(applyTransform(transform, found), 30)), tokens)
    compared += 1
  }
  assert.equal(compared, 55)
})
