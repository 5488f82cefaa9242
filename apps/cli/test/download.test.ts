import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { addressOf, commit, listen, sha256, startHub } from '../../../packages/trm/test/node/hub-server.ts'
import { TransferRate } from '../src/output/transfer-rate.ts'
import { runTrm, startTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-download-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const content = Buffer.alloc(200_000, 'source,question,answer,rating\n')

/** Runs with the environment that leads to a hub on this machine. */
async function withHub(
  repositories: Parameters<typeof startHub>[0],
  body: (url: string) => Promise<void>,
): Promise<void> {
  const hub = await startHub(repositories)
  process.env.HF_ENDPOINT = hub.url
  try {
    await body(hub.url)
  } finally {
    delete process.env.HF_ENDPOINT
    await hub.close()
  }
}

test('a known data set by its name, and the files of a repository', async () => {
  const files = {
    'train.csv': { content, isLarge: true },
    'test.csv': { content: Buffer.from('question,answer\n') },
    'other.bin': { content },
  }
  await withHub({ 'datasets/sapientinc/sudoku-extreme': { files } }, async () => {
    const first = await runTrm(folder, 'download', 'sudoku-extreme')
    assert.equal(first.code, 0, first.stderr)
    assert.equal(first.stdout, '2 files in downloads/sudoku-extreme\n')
    assert.deepEqual(first.stderr.split('\n'), [
      'hf:datasets/sapientinc/sudoku-extreme: 2 files, 200 kB, commit c0ffee000000',
      `train.csv: 200 kB, sha256 ${sha256(content)}`,
      'test.csv: 16 B, content checked',
      '',
    ])
    assert.deepEqual(readdirSync(join(folder, 'downloads/sudoku-extreme')).sort(), ['test.csv', 'train.csv'])
    const again = await runTrm(folder, 'download', 'sudoku-extreme', 'train.csv', '--json')
    assert.deepEqual(
      again.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
      ['start', 'kept', 'done'],
    )
    const list = await runTrm(folder, 'download', 'hf:datasets/sapientinc/sudoku-extreme', '--list')
    assert.equal(
      list.stdout,
      [
        'file         size',
        'train.csv  200 kB',
        'test.csv     16 B',
        'other.bin  200 kB',
        `3 files at commit ${commit}`,
        '',
      ].join('\n'),
    )
  })
})

test('Ctrl-C ends with 130, leaves a part, and the same command goes on', async () => {
  const file = { content, isLarge: true, cut: { after: 90_000, times: 1, isSilent: true } }
  await withHub({ 'models/team/net': { files: { step_7: file } } }, async () => {
    const words = ['download', 'hf:team/net', '--out', 'net', '--json']
    const { child, ended } = startTrm(words, folder)
    while (!readdirSync(folder).includes('net') || partLength() < 90_000) {
      assert.equal(child.exitCode, null)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    child.kill('SIGINT')
    const { code, stdout } = await ended
    assert.equal(code, 130)
    assert.match(stdout, /\{"type":"stopped"\}\n$/)
    assert.equal(partLength(), 90_000)

    const again = await runTrm(folder, ...words)
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stdout, /"type":"progress","path":"step_7","bytes":90000\}/)
    assert.ok(readFileSync(join(folder, 'net/step_7')).equals(content))
    assert.deepEqual(readdirSync(join(folder, 'net')), ['step_7'])
  })
})

test('Ctrl-C ends a list that does not come', async () => {
  const silent = await listen(() => undefined)
  const asked = once(silent, 'request')
  process.env.HF_ENDPOINT = addressOf(silent)
  try {
    const { child, ended } = startTrm(['download', 'hf:team/net', '--list'], folder)
    await asked
    child.kill('SIGINT')
    assert.deepEqual(await ended, { code: 130, stdout: '', stderr: '' })
  } finally {
    delete process.env.HF_ENDPOINT
    silent.closeAllConnections()
    silent.close()
  }
})

function partLength(): number {
  const part = readdirSync(join(folder, 'net')).find((name) => name.endsWith('.part'))
  return part === undefined ? 0 : readFileSync(join(folder, 'net', part)).length
}

test('wrong names, addresses and files are explained', async () => {
  const unknown = await runTrm(folder, 'download', 'sudoku-extrem')
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /Did you mean 'sudoku-extreme'\?/)
  await withHub({ 'models/team/net': { files: { step_7: { content } } } }, async (url) => {
    const missing = await runTrm(folder, 'download', 'hf:team/net/step_8')
    assert.equal(missing.code, 1)
    assert.equal(
      missing.stderr,
      [
        'trm: hf:team/net',
        '  expected  the name of a file or a folder in it',
        '  got       "step_8"',
        "  hint      Did you mean 'step_7'? Its files: step_7.",
        '',
      ].join('\n'),
    )
    const other = await runTrm(folder, 'download', 'hf:team/net', '--dataset', '--json')
    assert.equal(other.code, 1)
    const { error } = JSON.parse(other.stderr) as { error: { hint: string } }
    assert.equal(
      error.hint,
      `Check ${url}/datasets/team/net, and whether it is a model (hf:OWNER/NAME); a private one needs HF_TOKEN.`,
    )
  })
  const list = await runTrm(folder, 'download', '--list')
  assert.match(list.stdout, /^maze-hard {7}hf:datasets\/sapientinc\/maze-30x30-hard-1k +Maze-Hard/m)
})

test('rates', () => {
  const rate = new TransferRate()
  assert.equal(rate.update(0, 1000), null)
  assert.equal(rate.update(100, 1400), null)
  assert.equal(rate.update(500, 2000), 500)
  // Only the last 8 seconds count.
  for (let second = 3; second <= 30; second++) rate.update(500 + 2000 * (second - 2), 1000 * second)
  assert.equal(rate.update(500 + 2000 * 29, 31_000), 2000)
})
