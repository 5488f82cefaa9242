/** Archives, and files that are not what their names say, by every command that takes a file. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { recipes, sourceOf } from '@tiny-recursive-models/trm'
import { formatSudokuLine } from '@tiny-recursive-models/trm/puzzles/sudoku'
import { zipSync } from 'fflate'
import { runCommand } from '../src/run.ts'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-foreign-'))
const home = process.cwd()
process.chdir(folder)
after(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

const csvOf = (seed: number): string => {
  const data = { ...recipes['sudoku-4x4'].data, minimal: false }
  const puzzles = [...sourceOf(data).generateMany!(data, 3, seed)]
  const rows = puzzles.map(
    ({ question, answer }) => `${formatSudokuLine(question)},${formatSudokuLine(answer)}`,
  )
  return `question,answer\n${rows.join('\n')}\n`
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const table = bytes(csvOf(1))
const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 79000000\n'

writeFileSync('deflated.zip', zipSync({ 'sudoku.csv': table, '__MACOSX/._sudoku.csv': new Uint8Array(9) }))
writeFileSync('stored.zip', zipSync({ 'p.csv': bytes(csvOf(2)) }, { level: 0 }))
writeFileSync('two.zip', zipSync({ 'train.csv': table, 'test.csv': table }))
writeFileSync('powershell.csv', Buffer.from(`\ufeff${csvOf(3).replaceAll('\n', '\r\n')}`, 'utf16le'))
for (const name of ['pointer.csv', 'pointer.pt', 'pointer.json', 'pointer.safetensors'])
  writeFileSync(name, pointer)
writeFileSync('empty.pt', '')
writeFileSync('table.parquet', 'PAR1\x15\x04\x15')
writeFileSync('page.csv', '<!DOCTYPE html>\n<html><title>Sign in</title></html>')

const trm = (...line: readonly string[]) => runTrm(folder, ...line)

for (const file of ['deflated.zip', 'stored.zip', 'powershell.csv']) {
  test(`data check reads ${file}`, async () => {
    const { code, stdout, stderr } = await trm('data', 'check', file)
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^3 of 3 puzzles are valid \(4×4 Sudoku\)/)
  })
}

test('train, eval and solve read a zip archive', async () => {
  const settings = [
    'data.train=deflated.zip',
    'data.test=stored.zip',
    'data.boxRows=2',
    'data.boxColumns=2',
    'data.trainCount=null',
    'data.validation=1',
    'model.width=16',
    'model.puzzleEmbeddingWidth=0',
    'model.prefixTokens=0',
    'model.latentUpdates=1',
    'optimizer.warmupSteps=2',
    'training.batch=2',
    'training.steps=2',
  ].flatMap((setting) => ['--set', setting])
  const train = ['train', 'sudoku-extreme-mlp', ...settings, '--out', 'run', '--threads', '1']
  const trained = await trm(...train)
  assert.equal(trained.code, 0, trained.stderr)
  const measured = await trm('eval', 'run', '--data', 'deflated.zip', '--threads', '1', '--json')
  assert.equal(measured.code, 0, measured.stderr)
  assert.match(measured.stdout, /"puzzles": ?3\b/)
  const solved = await trm('solve', 'run', 'powershell.csv', '--row', '2', '--threads', '1')
  assert.equal(solved.code, 0, solved.stderr)
})

test('a file in an archive of several is named after it', async () => {
  const { code, stdout, stderr } = await trm('data', 'check', 'two.zip/train.csv')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^3 of 3 puzzles are valid/)
})

const refusals: readonly [line: string, got: string, toDo: RegExp][] = [
  ['data check two.zip', 'a zip archive of 2 files (train.csv, test.csv)', /^Unpack the archive and use/],
  ['data check pointer.csv', 'a Git LFS pointer to a file of 79000000 bytes', /`git lfs pull`/],
  ['data check table.parquet', 'a Parquet file', /^Convert it to CSV first/],
  ['data check page.csv', 'a web page (HTML)', /download the raw file/],
  ['data check empty.pt', 'an empty file', /download it again/],
  ['solve page.csv', 'a web page (HTML)', /download the raw file/],
  [
    'import pointer.pt --out model.safetensors',
    'a Git LFS pointer to a file of 79000000 bytes',
    /`git lfs pull`/,
  ],
  ['import empty.pt --out model.safetensors', 'an empty file', /download it again/],
  ['import table.parquet --out model.safetensors', 'a Parquet file', /^A table contains no weights/],
  ['import two.zip --out model.safetensors', 'a zip archive of 2 files (train.csv, test.csv)', /^Unpack/],
  ['eval pointer.safetensors', 'a Git LFS pointer to a file of 79000000 bytes', /`git lfs pull`/],
  ['train pointer.json', 'a Git LFS pointer to a file of 79000000 bytes', /`git lfs pull`/],
  [
    'arc score pointer.json --solutions pointer.json',
    'a Git LFS pointer to a file of 79000000 bytes',
    /`git lfs/,
  ],
]

for (const [line, got, toDo] of refusals) {
  test(`trm ${line}: ${got}`, async (context) => {
    let stderr = ''
    context.mock.method(process.stderr, 'write', (text: string) => {
      stderr += text
      return true
    })
    assert.equal(await runCommand(line.split(' ')), 1)
    const said = /^ {2}got {7}(.*)\n {2}hint {6}(.*)$/m.exec(stderr)
    assert.equal(said?.[1], got, stderr)
    assert.match(said[2]!, toDo)
  })
}
