import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Outcome, runTrm, startTrm } from './run-trm.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-serve-command-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const document = readFileSync(fileURLToPath(new URL('../../../docs/serve.md', import.meta.url)), 'utf8')
const hasCurl = spawnSync('curl', ['--version']).status === 0

/** Starts it on a free port, waits until it takes puzzles, hands over its address, and ends it. */
async function withServer(
  words: readonly string[],
  use: (url: string) => Promise<void>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<Outcome> {
  const { child, ended } = startTrm(['serve', ...words, '--port', '0', '--threads', '1', '--json'], folder)
  let line = ''
  while (!line.includes('\n')) {
    const [data] = (await Promise.race([
      once(child.stdout, 'data'),
      ended.then(({ stderr }) => [new Error(stderr)]),
    ])) as [unknown]
    if (data instanceof Error) throw data
    line += String(data)
  }
  try {
    await use((JSON.parse(line) as { readonly url: string }).url)
  } finally {
    child.kill(signal)
  }
  return ended
}

interface Answer {
  readonly answer: string
  readonly steps: number
  readonly solved: boolean
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(`${url}v1/solve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('it answers as trm solve does, for several models, and ends with 0 when all is answered', async () => {
  const puzzles = { 'sudoku-4x4': '..1.3....32.12.4', lab: '2.5.....6....4..3.....4..53..1...3..' }
  let last: Promise<Response> | undefined
  const { code, stderr } = await withServer(
    ['sudoku-4x4', 'lab=sudoku-6x6', '--max-steps', '5000'],
    async (url) => {
      for (const [model, puzzle] of Object.entries(puzzles)) {
        const answer = (await (await post(url, { model, puzzle })).json()) as Answer
        const words = [
          'solve',
          puzzle,
          '--model',
          model === 'lab' ? 'sudoku-6x6' : model,
          '--early',
          '--json',
        ]
        const solved = JSON.parse((await runTrm(folder, ...words)).stdout) as Answer & {
          readonly steps: unknown[]
        }
        assert.deepEqual(
          [answer.answer, answer.solved, answer.steps],
          [solved.answer, solved.solved, solved.steps.length],
        )
      }
      // Under way when the signal comes.
      last = post(url, { puzzle: puzzles['sudoku-4x4'], early: false, maxSteps: 3000 })
      while (
        !/^trm_puzzles_in_progress\{model="sudoku-4x4"\} 1$/m.test(
          await (await fetch(`${url}metrics`)).text(),
        )
      )
        await new Promise((resolve) => setTimeout(resolve, 5))
    },
  )
  assert.deepEqual([code, stderr], [0, ''])
  const response = await last!
  assert.deepEqual([response.status, ((await response.json()) as Answer).steps], [200, 3000])
})

test('the commands of docs/serve.md do what it says', {
  skip: !hasCurl && 'curl is not installed',
}, async () => {
  const blocks = [...document.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text!)
  assert.ok(blocks.length >= 4)
  const { code } = await withServer(
    ['sudoku-6x6'],
    async (url) => {
      const outputs: string[] = []
      for (const block of blocks) {
        const text = block.replaceAll('http://127.0.0.1:8080/', url)
        outputs.push((await promisify(execFile)('sh', ['-ec', text])).stdout)
      }
      const [first, traced, refused, figures] = outputs as [string, string, string, string]
      const shown = JSON.parse(/```json\n(\{\n.*?)```/s.exec(document)![1]!) as Answer
      const found = JSON.parse(first) as Answer
      assert.deepEqual({ ...found, ...shown }, found)
      assert.equal((JSON.parse(traced) as { readonly trace: unknown[] }).trace.length > 0, true)
      assert.equal(refused, /```json\n(\{"who.*?)\n```/s.exec(document)![1]!)
      assert.match(figures, /^\{"status":"ready"\}# HELP/)
    },
    'SIGINT',
  )
  assert.equal(code, 0)
})

test('what it cannot serve is refused at once', async () => {
  const cases: readonly (readonly [words: readonly string[], code: number, says: RegExp])[] = [
    [[], 2, /missing required argument 'model'/],
    [['nothing-of-that-name'], 1, /nothing-of-that-name/],
    [['sudoku-4x4', 'sudoku-4x4'], 1, /two models named sudoku-4x4/],
    [['sudoku-4x4', '--host', 'no.such.host.invalid'], 1, /an address to listen on/],
    [['sudoku-4x4', '--timeout', '0'], 2, /from 1 to 3600/],
    [['sudoku-4x4', '--executor', 'wasm', '--device', 'webgpu'], 1, /device cpu/],
  ]
  for (const [words, code, says] of cases) {
    const outcome = await runTrm(folder, 'serve', '--port', '0', ...words)
    assert.equal(outcome.code, code, outcome.stderr)
    assert.match(outcome.stderr, says)
  }
})
