import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomStream } from '@tiny-recursive-models/tensor'
import { puzzleSetChecksum } from '../../../src/data/checksum.ts'
import { exampleStream } from '../../../src/data/example-stream.ts'
import { puzzleAt } from '../../../src/data/puzzle-set.ts'
import { augmentMaze } from '../../../src/puzzles/maze/augment.ts'
import { checkMazeLabel, checkMazeQuestion } from '../../../src/puzzles/maze/check.ts'
import { generateMaze } from '../../../src/puzzles/maze/generate.ts'
import { mazeTokens } from '../../../src/puzzles/maze/grid.ts'
import { isShortestPath, labelPath, shortestSteps } from '../../../src/puzzles/maze/path.ts'
import { squareFingerprint, turned, turns } from '../../../src/puzzles/square.ts'
import { generateMazeSets, generateMazes, mazeSet } from '../families.ts'
import { otherShortest, question, tokensOf } from './mazes.ts'

const options = { minDensity: 0.3, maxDensity: 0.5, minPath: 8 } as const
const wallShare = (tokens: Int32Array) =>
  tokens.filter((token) => token === mazeTokens.wall).length / tokens.length

test('generated mazes of every size keep to their settings and the label rule', () => {
  for (const size of [2, 3, 5, 8, 13, 30]) {
    const minPath = size === 2 ? 1 : size
    const mazes = [...generateMazes(size, size < 4 ? 4 : 40, 7, { ...options, minPath })]
    for (const { question, answer } of mazes) {
      assert.deepEqual(checkMazeQuestion(question), [])
      assert.deepEqual(checkMazeLabel(question, answer), [])
      assert.ok(shortestSteps(question)! >= minPath)
      const tolerance = 0.5 / question.length // a whole number of walls
      const share = wallShare(question)
      assert.ok(share >= 0.3 - tolerance && share <= 0.5 + tolerance, `${size}: ${share}`)
    }
    const shares = mazes.map(({ question }) => wallShare(question))
    if (size === 30) assert.ok(Math.min(...shares) < 0.33 && Math.max(...shares) > 0.45, 'the whole range')
  }
})

test('mazes as long as the published ones are found', () => {
  const mazes = [...generateMazes(30, 5, 0, { minDensity: 0.3, maxDensity: 0.5, minPath: 109 })]
  assert.ok(mazes.every(({ question }) => shortestSteps(question)! >= 109))
})

test('the same seed gives the same mazes, another seed others', async () => {
  const sets = { size: 8, train: 30, validation: 10, test: 10, seed: 1, ...options }
  const checksum = puzzleSetChecksum((await generateMazeSets(sets)).train)
  assert.equal(checksum, '99351d257e7ca997', 'the same on every platform and in every version')
  assert.notEqual(puzzleSetChecksum((await generateMazeSets({ ...sets, seed: 2 })).train), checksum)
  const more = await generateMazeSets({ ...sets, train: 60 })
  const fewer = await generateMazeSets(sets)
  assert.deepEqual(more.test, fewer.test)
  assert.deepEqual(more.validation, fewer.validation)
  assert.equal(fewer.train.name, 'generated 8×8 maze train')
})

test('no maze is a copy of another, in the same set or in different ones', async () => {
  const sets = await generateMazeSets({
    size: 4,
    train: 300,
    validation: 100,
    test: 100,
    seed: 3,
    minDensity: 0.2,
    maxDensity: 0.5,
    minPath: 3,
  })
  const all = [sets.train, sets.validation, sets.test].flatMap((set) =>
    Array.from({ length: set.count }, (_, index) => puzzleAt(set, index).inputs),
  )
  assert.equal(new Set(all.map(squareFingerprint)).size, 500)
})

const refusals: Record<string, [() => unknown, string]> = {
  'too many': [
    () => [...generateMazes(2, 10, 0, { minDensity: 0, maxDensity: 0.25, minPath: 1 })],
    'maze-generated: expected 10 different puzzles (2×2 maze), got 5 before 3000 duplicates in a row. Ask for fewer, or use a larger maze.',
  ],
  'a path that is too long': [
    () => generateMaze(6, new RandomStream(0), { minDensity: 0, maxDensity: 0, minPath: 20 }),
    'generateMaze: expected a 6×6 maze with 0 % to 0 % walls and a path of at least 20 steps, got none in 20000 layouts. Lower minPath, or use a larger maze or a density near 0.35, where paths are longest.',
  ],
  'a size': [
    () => generateMaze(31, new RandomStream(0), options),
    'generateMaze: expected a size from 2 to 30, got 31. Mazes are size × size.',
  ],
  'a density': [
    () => generateMaze(6, new RandomStream(0), { minDensity: 0.5, maxDensity: 0.3, minPath: 2 }),
    'generateMaze: expected a density from 0 to below 1, the lower bound first, got 0.5 to 0.3. Use 0.3 to 0.5.',
  ],
  'a minimum path': [
    () => generateMaze(6, new RandomStream(0), { minDensity: 0.3, maxDensity: 0.5, minPath: 36 }),
    'generateMaze: expected a minimum path of 1 to 35 steps, got 36. A path of about size steps is easy to find.',
  ],
  'a count': [
    () => [...generateMazes(6, 1.5, 0, options)],
    'maze-generated: expected a whole number of puzzles from 0, got 1.5. Give a count such as 1000.',
  ],
}

for (const [what, [call, message]] of Object.entries(refusals))
  test(`refused: ${what}`, () => assert.throws(call, { name: 'InputError', message }))

test('the eight symmetries differ, are permutations, and their copies share a fingerprint', () => {
  const cells = Int32Array.from({ length: 16 }, (_, cell) => cell)
  const all = Array.from({ length: turns }, (_, symmetry) => turned(cells, symmetry))
  assert.equal(new Set(all.map(String)).size, 8)
  for (const map of all) assert.deepEqual(map.toSorted(), cells)
  assert.deepEqual([...all[1]!.subarray(0, 4)], [3, 2, 1, 0])
  assert.deepEqual([...all[4]!.subarray(0, 4)], [0, 4, 8, 12])
  const tokens = tokensOf(question)
  const copies = all.map((_, symmetry) => squareFingerprint(turned(tokens, symmetry)))
  assert.equal(new Set(copies).size, 1)
  const changed = tokens.slice()
  changed[1] = mazeTokens.wall
  assert.notEqual(squareFingerprint(changed), copies[0])
})

test('augmented mazes keep to the label rule, in all eight positions', () => {
  const maze = generateMaze(8, new RandomStream(5), options)
  const stream = exampleStream(mazeSet([maze], { name: 'one', size: 8 }), { seed: 1, augment: augmentMaze })
  const seen = new Set<string>()
  for (let index = 0; index < 100; index++) {
    const { inputs, labels } = stream.draw(index)
    assert.equal(squareFingerprint(inputs), squareFingerprint(maze.question))
    assert.deepEqual(labels, labelPath(inputs))
    seen.add(inputs.join())
  }
  assert.equal(seen.size, 8)
})

test('an answer that does not follow the rule is turned with its maze', () => {
  const [asked, answer] = [tokensOf(question), tokensOf(otherShortest)]
  const set = mazeSet([{ question: asked, answer }], { name: 'one', size: 4 })
  const stream = exampleStream(set, { seed: 1, augment: augmentMaze })
  const all = Array.from({ length: turns }, (_, symmetry) => String(turned(answer, symmetry)))
  for (let index = 0; index < 40; index++) {
    const { inputs, labels } = stream.draw(index)
    assert.ok(all.includes(String(labels)))
    assert.ok(isShortestPath(inputs, labels))
  }
})
