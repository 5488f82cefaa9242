import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { encodeTorchFile } from '../../../packages/trm/src/checkpoint/torch/write.ts'
import { mlp, officialTensors } from '../../../packages/trm/test/checkpoint/import/official-model.ts'
import { runCommand } from '../src/run.ts'
import { runTrm, startTrm, tiny } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-outputs-'))
const home = process.cwd()
after(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})
const trm = (...words: string[]) => runTrm(folder, ...words)

const pair = { input: [[1, 2]], output: [[2, 1]] }

before(async () => {
  writeFileSync(join(folder, 'a-file'), 'kept')
  writeFileSync(join(folder, 'step_3.pt'), encodeTorchFile(officialTensors(mlp)))
  mkdirSync(join(folder, 'arc', 'training'), { recursive: true })
  writeFileSync(join(folder, 'arc', 'training', 't.json'), JSON.stringify({ train: [pair], test: [pair] }))
  const { code, stderr } = await trm('train', ...tiny, '--out', 'run', '--threads', '1')
  assert.equal(code, 0, stderr)
})

const arc = ['data', 'arc', '--from', 'arc', '--subsets', 'training', '--test', 'training']

/** Every command that writes, into a folder that is not there or below a file. */
const unwritable: readonly (readonly string[])[] = [
  ['eval', 'run', '--submission', 'nowhere/s.json'],
  ['solve', 'run', 'generated', '--svg', 'nowhere/s.svg'],
  ['solve', 'run', 'generated', '--attempts', '2', '--svg', 'nowhere/s.svg'],
  ['arc', 'show', 't', '--from', 'arc/training', '--svg', 'nowhere/s.svg'],
  ['export', 'run', '--out', 'nowhere/x.pt'],
  ['import', 'step_3.pt', '--out', 'nowhere/model'],
  ['data', 'generate', 'sudoku-4x4', '--set', 'data.minimal=false', '--count', '3', '--out', 'nowhere/x.csv'],
  [...arc, '--out', 'a-file/data'],
  ['train', ...tiny, '--out', 'a-file/run'],
  ['quickstart', '--recipe', 'sudoku-4x4', '--out', 'a-file/run'],
  ['bench', 'paper', '--out', 'a-file/run'],
  ['download', 'hf:nobody/nothing', '--out', 'a-file/files'],
]

for (const words of unwritable) {
  test(`trm ${words.slice(0, 2).join(' ')} … ${words.at(-1)}: the path is refused before any work`, async (context) => {
    process.chdir(folder)
    const lines: string[] = []
    context.mock.method(process.stderr, 'write', (text: string) => lines.push(text) > 0)
    assert.equal(await runCommand([...words, ...(words[0] === 'quickstart' ? ['--json'] : [])]), 1)
    const got = words.at(-1)!.startsWith('nowhere')
      ? 'no such file or folder'
      : 'a file where a folder should be'
    const stderr = lines.join('')
    assert.ok(stderr.includes(words.at(-1)!) && stderr.includes(got), stderr)
  })
}

test('a file that is there is replaced only by --force', async () => {
  const commands: readonly (readonly string[])[] = [
    ['export', 'run', '--format', 'pt', '--out', 'a-file'],
    ['import', 'step_3.pt', '--out', 'a-file'],
    ['data', 'generate', 'sudoku-4x4', '--set', 'data.minimal=false', '--count', '3', '--out', 'a-file'],
    ['eval', 'run', '--submission', 'a-file'],
  ]
  for (const words of commands) {
    const { code, stderr } = await trm(...words)
    assert.equal(code, 1)
    assert.match(stderr, /^trm: a-file\n {2}expected {2}the name of a new file\n.*\n {2}hint {6}.*--force/)
    assert.equal(readFileSync(join(folder, 'a-file'), 'utf8'), 'kept')
  }
  for (const words of commands.slice(0, 3)) {
    writeFileSync(join(folder, 'old'), 'old')
    const { code, stderr } = await trm(...words.with(-1, 'old'), '--force')
    assert.equal(code, 0, stderr)
    assert.notEqual(readFileSync(join(folder, 'old'), 'utf8'), 'old')
  }
})

test('figures are shown though the file beside them cannot be written', async () => {
  rmSync(join(folder, 'run', 'curve.svg'))
  mkdirSync(join(folder, 'run', 'curve.svg'))
  const { code, stdout, stderr } = await trm('train', '--resume', '--out', 'run', '--steps', '22')
  assert.equal(code, 1)
  assert.match(stdout, /on 10 unseen puzzles/)
  assert.match(stderr, /curve\.svg\n.*\n {2}got {7}a folder where a file should be/)
})

test('files are written though nobody reads what is printed', async () => {
  const words: readonly (readonly [name: string, words: readonly string[]])[] = [
    ['set/test/dataset.json', [...arc, '--augmentations', '2', '--out', 'set']],
    ['unread.pt', ['export', 'run', '--out', 'unread.pt']],
    ['unread.svg', ['solve', 'run', 'generated', '--svg', 'unread.svg']],
    [
      'unread.csv',
      [
        'data',
        'generate',
        'sudoku-4x4',
        '--set',
        'data.minimal=false',
        '--count',
        '300',
        '--out',
        'unread.csv',
      ],
    ],
  ]
  for (const [name, command] of words) {
    const { child, ended } = startTrm(command, folder)
    child.stdout.destroy()
    const { code, stderr } = await ended
    assert.equal(code, 0, stderr)
    assert.ok(existsSync(join(folder, name)), name)
  }
})

test('nothing is left behind by the trial', () => {
  const hidden = readdirSync(folder).filter((name) => name.startsWith('.'))
  assert.deepEqual(hidden, [])
})
