import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { recipes } from '@tiny-recursive-models/trm'
import { studioPage } from '../src/studio-page.ts'
import { type Outcome, runTrm, startTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-studio-command-'))
after(() => rmSync(folder, { recursive: true, force: true }))

before(() => {
  mkdirSync(join(folder, 'runs', 'first'), { recursive: true })
  writeFileSync(join(folder, 'runs', 'first', 'recipe.json'), JSON.stringify(recipes['sudoku-4x4']))
})

/** Starts it, reads its first lines, hands them over, ends it by Ctrl-C. */
async function withStudio(
  words: readonly string[],
  cwd: string,
  use: (lines: string) => Promise<void>,
): Promise<Outcome> {
  const { child, ended } = startTrm(['studio', ...words], cwd)
  let lines = ''
  while (!/^(Ctrl-C|\{.*\}$)/m.test(lines)) {
    const [data] = (await Promise.race([
      once(child.stdout, 'data'),
      ended.then(({ stderr }) => [new Error(stderr)]),
    ])) as [unknown]
    if (data instanceof Error) throw data
    lines += String(data)
  }
  await use(lines)
  child.kill('SIGINT')
  return ended
}

test('the page and the runs beside it are served until Ctrl-C', async () => {
  const { code, stderr } = await withStudio([], folder, async (lines) => {
    const [, url] = /^studio {2}(http:\/\/127\.0\.0\.1:\d+\/)\nruns {4}runs\n/.exec(lines)!
    const page = await (await fetch(url!)).text()
    assert.match(page, /<title>.+<\/title>/)
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page)![1]!
    const { status, headers } = await fetch(url + script)
    assert.equal(status, 200)
    assert.match(headers.get('cache-control')!, /immutable/)
    const { runs } = (await (await fetch(`${url}api/runs`)).json()) as { runs: { name: string }[] }
    assert.deepEqual(
      runs.map(({ name }) => name),
      ['first'],
    )
    // A stream that is open must not keep it from ending.
    await fetch(`${url}api/runs/first/events`)
  })
  assert.equal(code, 0)
  assert.ok(stderr === '' || stderr.startsWith('building the page'), stderr)
})

test('as JSON it prints one line, and it warns where others can reach it', async () => {
  const words = ['--json', '--port', '0', '--host', '0.0.0.0', join(folder, 'runs', 'first')]
  const { code, stderr } = await withStudio(words, tmpdir(), async (lines) => {
    const { url, port, runs } = JSON.parse(lines) as { url: string; port: number; runs: string }
    assert.equal(url, `http://localhost:${port}/`)
    assert.equal(runs, join(folder, 'runs', 'first'))
  })
  assert.equal(code, 0)
  assert.match(
    stderr,
    /^warning: anyone who can reach this machine can see the page and the runs in .* \(--host 0\.0\.0\.0\)$/m,
  )
})

test('without a folder of runs it shows none', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  await withStudio(['--port', '0'], empty, async (lines) => {
    assert.match(lines, /^runs {4}none: pass a folder to see its runs$/m)
    const answer = await (await fetch(`${/http\S+/.exec(lines)![0]}api/runs`)).json()
    assert.deepEqual(answer, { folder: null, fields: [], runs: [] })
  })
})

test('what cannot be served is said', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const taken = await runTrm(folder, 'studio', '--port', `${port}`)
  server.close()
  assert.equal(taken.code, 1)
  assert.match(taken.stderr, new RegExp(`trm: 127.0.0.1:${port}\n.*address to listen on\n.*in use`))
  const missing = await runTrm(folder, 'studio', 'nothing', '--port', '0')
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /nothing\n.*\n.*no such file or folder \(ENOENT\)/)
  assert.equal((await runTrm(folder, 'studio', '--port', '70000')).code, 2)
})

test('the page is built where it is missing or older than its sources', async () => {
  const reasons: string[] = []
  const page = await studioPage((reason) => reasons.push(reason))
  assert.ok(existsSync(join(page, 'index.html')))
  assert.equal(reasons.length, 0)
  const index = join(page, 'index.html')
  utimesSync(index, new Date(0), new Date(0))
  await studioPage((reason) => reasons.push(reason))
  assert.deepEqual(reasons, ['old'])
  assert.ok(statSync(index).mtimeMs > Date.now() - 60_000)
})
