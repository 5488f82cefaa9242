import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { encodeNpy } from '../../../src/data/npy.ts'
import { mazeBoard } from '../../../src/puzzles/maze/board.ts'
import { decodePuzzleArrays, encodePuzzleArrays } from '../../../src/puzzles/reading/arrays.ts'
import { mazeSet } from '../families.ts'
import { label, question, tokensOf } from './mazes.ts'

const set = mazeSet([{ question: tokensOf(question), answer: tokensOf(label) }], { name: 'set', size: 4 })
const board = mazeBoard({ puzzle: 'maze', size: 4 })
const arrays = encodePuzzleArrays(set)

test('a set comes back from its arrays, plain or gzip', async () => {
  assert.deepEqual(await decodePuzzleArrays(arrays, board, 'set'), set)
  const packed = { inputs: gzipSync(arrays.inputs), labels: gzipSync(arrays.labels) }
  assert.deepEqual(await decodePuzzleArrays(packed, board, 'set'), set)
})

const refusals: Record<string, [{ inputs?: Uint8Array; labels?: Uint8Array }, RegExp]> = {
  'labels that are no answers': [
    { labels: arrays.inputs },
    /^set, puzzle 0: expected a 4×4 maze and its answer, got the path does not lead from the start to the goal\./,
  ],
  'another number of labels': [
    { labels: encodeNpy({ dtype: 'uint8', shape: [0, 16], data: new Uint8Array(0) }) },
    /^set \(labels\): expected \[1, 16\], as in inputs, got \[0, 16\]\./,
  ],
  'another size': [
    { inputs: encodeNpy({ dtype: 'uint8', shape: [1, 12], data: new Uint8Array(12) }) },
    /^set \(inputs\): expected whole numbers \[puzzles, 16\], for a 4×4 maze, got uint8 \[1,12\]\./,
  ],
  'another type': [
    { inputs: encodeNpy({ dtype: 'float32', shape: [1, 16], data: new Float32Array(16) }) },
    /^set \(inputs\): expected whole numbers \[puzzles, 16\], for a 4×4 maze, got float32 \[1,16\]\./,
  ],
  'no .npy file': [{ inputs: new Uint8Array(20) }, /^set \(inputs\): expected a \.npy file/],
  'a question without a goal': [
    { inputs: encodeNpy({ dtype: 'uint8', shape: [1, 16], data: new Uint8Array(16).fill(2).fill(3, 0, 1) }) },
    /^set, puzzle 0: expected .* got there is no goal \(G\)\./,
  ],
}

for (const [what, [changed, message]] of Object.entries(refusals))
  test(`refused: ${what}`, () =>
    assert.rejects(decodePuzzleArrays({ ...arrays, ...changed }, board, 'set'), {
      name: 'InputError',
      message,
    }))
