/** The published Maze-Hard files, where they are at hand. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decompressed } from '../../../src/data/bytes.ts'
import { puzzleSetChecksum } from '../../../src/data/checksum.ts'
import { mazeBoard } from '../../../src/puzzles/maze/board.ts'
import { labelPath, shortestSteps } from '../../../src/puzzles/maze/path.ts'
import { decodePuzzleArrays, encodePuzzleArrays } from '../../../src/puzzles/reading/arrays.ts'
import { checkMazeFile, mazeSet, readMazeFile } from '../families.ts'

const shared = new URL('../../../../../../shared/data/maze/', import.meta.url)
const skip = existsSync(shared) ? false : 'skipped: ../shared/data is not here'
const file = (name: string) => readFileSync(new URL(name, shared))

for (const part of ['train', 'test']) {
  test(`all 1,000 labels of ${part} follow the rule, and no maze is there twice`, { skip }, async () => {
    for await (const event of checkMazeFile(file(`${part}.csv.gz`), { name: part })) {
      if (event.kind === 'progress') continue
      const { problems, rows, valid, title, sources, duplicateCount, copyCount } = event.report
      assert.deepEqual(problems, [])
      assert.deepEqual([rows, valid, title, duplicateCount, copyCount], [1000, 1000, '30×30 maze', 0, 0])
      assert.deepEqual(sources, { 'maze-30x30-hard-1k': 1000 })
    }
  })

  test(`the arrays of ${part} are our encoding of the CSV, byte for byte`, { skip }, async () => {
    const { rows } = await readMazeFile(file(`${part}.csv.gz`), { name: part })
    for (const { question, answer, rating } of rows) {
      assert.equal(rating, shortestSteps(question))
      assert.deepEqual(answer, labelPath(question))
    }
    const set = mazeSet(rows, { name: part, size: 30 })
    const encoded = encodePuzzleArrays(set)
    const files = {
      inputs: file(`${part}__all__inputs.npy.gz`),
      labels: file(`${part}__all__labels.npy.gz`),
    }
    for (const kind of ['inputs', 'labels'] as const) {
      const published = await decompressed(files[kind], { name: kind, content: 'numbers' })
      assert.equal(Buffer.compare(encoded[kind], published), 0, kind)
      assert.equal(published.length, 128 + 900_000)
    }
    assert.equal(
      puzzleSetChecksum(await decodePuzzleArrays(files, mazeBoard({ puzzle: 'maze', size: 30 }), part)),
      puzzleSetChecksum(set),
    )
  })
}
