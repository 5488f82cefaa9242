import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { checkPuzzleFile, familyOfFile } from '../../src/puzzles/read.ts'

const files: Record<string, [string, 'maze' | 'sudoku']> = {
  'published mazes': ['source,question,answer,rating\nx,S# G,S#oG,2\n', 'maze'],
  'mazes without a header': ['x,S# G,,2\n', 'maze'],
  'lines of mazes': ['\n##SG\n', 'maze'],
  'mazes after a bad row': ['question\nxxxx\nS# G\n', 'maze'],
  'published Sudokus': ['source,question,answer,rating\nx,..1.3....32.12.4,,1\n', 'sudoku'],
  'a comment before Sudokus': ['# S\n#\n..1.3....32.12.4\n', 'sudoku'],
  neither: ['hello\n', 'sudoku'],
  nothing: ['\n', 'sudoku'],
}

for (const [what, [text, kind]] of Object.entries(files))
  test(`${what}: ${kind}`, async () => {
    assert.equal((await familyOfFile(new TextEncoder().encode(text), 'file')).name, kind)
    assert.equal((await familyOfFile(gzipSync(text), 'file')).name, kind)
  })

test('a check says what it took the file for', async () => {
  const reports = []
  for (const text of ['S  G\n', '..1.3....32.12.4\n'])
    for await (const event of checkPuzzleFile(new TextEncoder().encode(text), { name: 'file' }))
      if (event.kind === 'done') reports.push([event.report.puzzles, event.report.valid])
  assert.deepEqual(reports, [
    ['maze', 1],
    ['sudoku', 1],
  ])
})
