import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { encodeNpy } from '../../../src/data/npy.ts'
import { decodeMazeArrays, encodeMazeArrays } from '../../../src/puzzles/maze/npy.ts'
import { mazeSet } from '../../../src/puzzles/maze/read.ts'
import { label, question, tokensOf } from './mazes.ts'

const set = mazeSet([{ question: tokensOf(question), answer: tokensOf(label) }], { name: 'set', size: 4 })
const arrays = encodeMazeArrays(set)

test('a set comes back from its arrays, plain or gzip', async () => {
  assert.deepEqual(await decodeMazeArrays(arrays, 'set'), set)
  const packed = { inputs: gzipSync(arrays.inputs), labels: gzipSync(arrays.labels) }
  assert.deepEqual(await decodeMazeArrays(packed, 'set'), set)
})

const refusals: Record<string, [{ inputs?: Uint8Array; labels?: Uint8Array }, RegExp]> = {
  'labels that are no answers': [
    { labels: arrays.inputs },
    /^set, maze 0: expected a well-formed maze and its answer, got the path does not lead from the start to the goal\./,
  ],
  'another number of labels': [
    { labels: encodeNpy({ dtype: 'uint8', shape: [0, 16], data: new Uint8Array(0) }) },
    /^set \(labels\): expected \[1, 16\], as in inputs, got \[0, 16\]\./,
  ],
  'no square': [
    { inputs: encodeNpy({ dtype: 'uint8', shape: [1, 12], data: new Uint8Array(12) }) },
    /^set \(inputs\): expected uint8 tokens \[mazes, N²\], got uint8 \[1,12\]\./,
  ],
  'another type': [
    { inputs: encodeNpy({ dtype: 'int32', shape: [1, 16], data: new Int32Array(16) }) },
    /^set \(inputs\): expected uint8 tokens \[mazes, N²\], got int32 \[1,16\]\./,
  ],
  'no .npy file': [{ inputs: new Uint8Array(20) }, /^set \(inputs\): expected a \.npy file/],
  'a question without a goal': [
    { inputs: encodeNpy({ dtype: 'uint8', shape: [1, 16], data: new Uint8Array(16).fill(2).fill(3, 0, 1) }) },
    /^set, maze 0: expected .* got there is no goal \(G\)\./,
  ],
}

for (const [what, [changed, message]] of Object.entries(refusals))
  test(`refused: ${what}`, () =>
    assert.rejects(decodeMazeArrays({ ...arrays, ...changed }, 'set'), { name: 'InputError', message }))
