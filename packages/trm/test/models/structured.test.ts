import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createReferenceExecutor,
  floatTensor,
  integerTensor,
  RandomStream,
  Workspace,
} from '@tiny-recursive-models/tensor'
import { type ModelConfig, modelConfig, sequenceLength } from '../../src/models/config.ts'
import { initialWeights } from '../../src/models/weights.ts'
import { traceThinking } from '../../src/programs/programs.ts'
import { mazeStructure } from '../../src/puzzles/maze/structure.ts'
import { applySymmetry, drawSymmetry, type Symmetry } from '../../src/puzzles/sudoku/augment.ts'
import { sudokuStructure } from '../../src/puzzles/sudoku/structure.ts'
import { recipes } from '../../src/recipes/index.ts'

const box = { boxRows: 2, boxColumns: 2 }
const sizes = { cells: 16, symbols: 6, identifiers: 1 }
const small = {
  ...recipes['sudoku-extreme'].model,
  width: 6,
  hiddenWidth: 8,
  groupWidth: 8,
  latentUpdates: 3,
}
const fields = modelConfig(small, sizes, sudokuStructure(box))
const tokens = Int32Array.from([1, 2, 1, 1, 3, 1, 1, 4, 1, 1, 5, 1, 1, 1, 1, 2])

/** [S, V] logits after one step from the same start, in float64. */
async function logitsOf(config: ModelConfig, question: Int32Array, noisy: Float32Array): Promise<number[]> {
  const workspace = new Workspace(createReferenceExecutor())
  const program = await workspace.compile(traceThinking(config, 1))
  for (const [name, tensor] of Object.entries(initialWeights(config, 5)))
    await workspace.write(`weights.${name}`, tensor)
  const state = [sequenceLength(config), 1, config.width]
  await workspace.write('carry.latent', floatTensor(state, new Float32Array(state[0]! * config.width)))
  const answers = config.structure!.answers.length
  const outputs = await program.run({
    tokens: integerTensor([1, config.cells], question),
    reset: floatTensor([1], Float32Array.of(1)),
    noisy: floatTensor([1, 1, config.cells, answers], noisy),
  })
  return [...outputs.logits!.data]
}

function noiseOf(cells: number, answers: number): Float32Array {
  const random = new RandomStream(1, 'test')
  return Float32Array.from({ length: cells * answers }, () => random.normal())
}

function moved(values: ArrayLike<number>, { cellFrom, tokenTo }: Symmetry, first: number, count: number) {
  const result = new Float64Array(16 * count)
  for (let cell = 0; cell < 16; cell++)
    for (let symbol = 0; symbol < count; symbol++)
      result[cell * count + tokenTo[symbol + first]! - first] = values[cellFrom[cell]! * count + symbol]!
  return result
}

test('fields: renamed digits and moved or turned lines give exactly the renamed and moved answer', async () => {
  const noisy = noiseOf(16, 4)
  const logits = await logitsOf(fields, tokens, noisy)
  for (let index = 0; index < 6; index++) {
    const symmetry = drawSymmetry(box, new RandomStream(index, 'symmetry'))
    const other = await logitsOf(
      fields,
      applySymmetry(symmetry, tokens),
      Float32Array.from(moved(noisy, symmetry, 2, 4)),
    )
    const wanted = moved(logits, symmetry, 0, 6)
    other.forEach((value, at) => {
      assert.ok(Math.abs(value - wanted[at]!) < 1e-5, `${index}: logit ${at} is ${value}, not ${wanted[at]}`)
    })
  }
  assert.ok(new Set(logits).size > 20, 'the logits tell cells and digits apart')
})

/** Cells whose logits change with what one open cell is shown. */
async function reached(config: ModelConfig, question: Int32Array, cell: number): Promise<number[]> {
  const answers = config.structure!.answers.length
  const noisy = noiseOf(config.cells, answers)
  const before = await logitsOf(config, question, noisy)
  noisy[cell * answers] = noisy[cell * answers]! + 2
  const after = await logitsOf(config, question, noisy)
  const differs = (at: number) =>
    Array.from({ length: config.symbols }, (_, symbol) => at * config.symbols + symbol).some(
      (place) => Math.abs(before[place]! - after[place]!) > 1e-7,
    )
  return Array.from({ length: config.cells }, (_, at) => at).filter(differs)
}

test('groups: one block carries word to the cells of the same row, column or box and no others', async () => {
  const config = modelConfig(
    { ...small, mixer: 'groups', width: 24, groupWidth: 24, latentUpdates: 1 },
    sizes,
    sudokuStructure(box),
  )
  const blank = new Int32Array(16).fill(1)
  assert.deepEqual(await reached(config, blank, 0), [0, 1, 2, 3, 4, 5, 8, 12])
})

test('neighbours: one block carries word to the eight cells around', async () => {
  const sizesOfMaze = { cells: 16, symbols: 6, identifiers: 1 }
  const config = modelConfig(
    { ...small, mixer: 'neighbours', latentUpdates: 1 },
    sizesOfMaze,
    mazeStructure(4),
  )
  const open = new Int32Array(16).fill(2)
  assert.deepEqual(await reached(config, open, 5), [0, 1, 2, 4, 5, 6, 8, 9, 10])
  assert.deepEqual(await reached(config, open, 3), [2, 3, 6, 7])
})

test('a given cell answers what is given', async () => {
  const logits = await logitsOf(fields, tokens, noiseOf(16, 4))
  tokens.forEach((token, cell) => {
    const ofCell = logits.slice(cell * 6, cell * 6 + 6)
    if (token > 1) assert.equal(ofCell.indexOf(Math.max(...ofCell)), token)
  })
})

test('a Sudoku has two lines, a box and two segments through every cell', () => {
  for (const [boxRows, boxColumns] of [
    [2, 2],
    [2, 3],
    [3, 3],
  ] as const) {
    const size = boxRows * boxColumns
    const { groups } = sudokuStructure({ boxRows, boxColumns })
    assert.deepEqual([groups.line!.length, groups.box!.length], [2 * size, size])
    for (let cell = 0; cell < size ** 2; cell++) {
      const through = Object.values(groups).map((kind) => kind.filter((group) => group.includes(cell)).length)
      assert.deepEqual(through, [2, 1, 2])
    }
  }
})
