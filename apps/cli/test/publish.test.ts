import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startHub } from '../../../packages/trm/test/node/hub-server.ts'
import type { Repositories } from '../../../packages/trm/test/node/writable-hub.ts'
import { runTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-publish-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const environment = { HF_TOKEN: 'hf_writer', XDG_CACHE_HOME: join(folder, 'cache') }

async function withHub(body: (url: string, repositories: Repositories) => Promise<void>): Promise<void> {
  const repositories: Repositories = {}
  const hub = await startHub(repositories, { token: environment.HF_TOKEN, owner: 'team' })
  Object.assign(process.env, environment, { HF_ENDPOINT: hub.url })
  try {
    await body(hub.url, repositories)
  } finally {
    for (const name of ['HF_ENDPOINT', ...Object.keys(environment)]) delete process.env[name]
    await hub.close()
  }
}

test('a run is trained, published, and solves from its address', () =>
  withHub(async (url, repositories) => {
    const small = ['optimizer.warmupSteps=2', 'data.train=40', 'data.validation=8', 'data.test=16'].flatMap(
      (set) => ['--set', set],
    )
    const trained = await runTrm(folder, 'train', 'sudoku-4x4', '--steps', '4', ...small, '--out', 'run')
    assert.equal(trained.code, 0, trained.stderr)
    const published = await runTrm(folder, 'publish', 'run', '--to', 'team/four', '--private')
    assert.equal(published.code, 0, published.stderr)
    assert.match(published.stdout, new RegExp(`^${url}/team/four \\(commit [0-9a-f]{12}\\)\n$`))
    assert.match(published.stderr, /^hf:team\/four: 6 files, [\d.]+ kB$/m)
    assert.match(published.stderr, /^model\.safetensors: [\d.]+ kB$/m)
    const { files, token } = repositories['models/team/four']!
    assert.equal(token, environment.HF_TOKEN)
    const report = JSON.parse(readFileSync(join(folder, 'run/report.json'), 'utf8'))
    assert.deepEqual(JSON.parse(files['report.json']!.content.toString()), report)
    assert.match(files['README.md']!.content.toString(), /On 16 test puzzles \(4×4 Sudoku\)/)

    const again = await runTrm(folder, 'publish', 'run', '--to', 'team/four', '--json')
    const last = JSON.parse(again.stdout.trim().split('\n').at(-1)!)
    assert.deepEqual([last.type, last.isChanged], ['done', false])

    const solved = await runTrm(folder, 'solve', 'hf:team/four', 'generated')
    assert.equal(solved.code, 0, solved.stderr)
    assert.match(solved.stderr, /^model\.safetensors: [\d.]+ kB, sha256/m)
    const offline = await runTrm(folder, 'eval', 'hf:team/four', '--limit', '4', '--json')
    assert.equal(offline.code, 0, offline.stderr)
    assert.equal(offline.stderr, '')
  }))

test('the files can be looked at before anything is uploaded', () =>
  withHub(async (_url, repositories) => {
    const written = await runTrm(folder, 'publish', 'sudoku-4x4', '--to', 'team/four', '--out', 'card')
    assert.equal(written.code, 0, written.stderr)
    assert.match(written.stdout, /^README\.md +[\d.]+ kB$/m)
    assert.match(written.stdout, /in card; nothing was uploaded\n$/)
    assert.deepEqual(Object.keys(repositories), [])
    assert.deepEqual(readdirSync(join(folder, 'card')).sort(), [
      'README.md',
      'model.safetensors',
      'onnx',
      'recipe.json',
    ])
  }))

test('what cannot be published is told before anything is made', () =>
  withHub(async (_url, repositories) => {
    const cases = [
      [['publish', 'sudoku-4x4', '--to', 'four'], /expected +OWNER\/NAME/],
      [['publish', 'sudoku-4x4', '--to', 'team/four', '--private', '--public'], /got +both/],
      [['publish', 'no-such-run', '--to', 'team/four'], /no such file or folder/],
      [['publish', 'sudoku-4x4', '--to', 'others/four'], /a token that may write to others\/four/],
    ] as const
    for (const [words, said] of cases) {
      const { code, stderr } = await runTrm(folder, ...words)
      assert.equal(code, 1, words.join(' '))
      assert.match(stderr, said)
    }
    delete process.env.HF_TOKEN
    const { code, stderr } = await runTrm(folder, 'publish', 'sudoku-4x4', '--to', 'team/four')
    assert.equal(code, 1)
    assert.match(stderr, /HF_TOKEN/)
    assert.deepEqual(Object.keys(repositories), [])
    assert.ok(!existsSync(join(folder, 'four')))
  }))
