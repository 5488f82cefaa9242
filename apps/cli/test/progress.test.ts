import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'trm-progress-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const launcher = fileURLToPath(new URL('../bin/trm.js', import.meta.url))
/** Lets the command believe that its stderr is a terminal, on which it draws a bar. */
const asTerminal = 'data:text/javascript,process.stderr.isTTY=true'

async function onTerminal(...words: string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, ['--import', asTerminal, launcher, ...words], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let stderr = ''
  child.stderr.on('data', (data) => {
    stderr += String(data)
  })
  child.stdout.resume()
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(120_000) }).finally(() =>
    child.kill('SIGKILL'),
  )
  return { code: code as number | null, stderr }
}

test('a bar shows while puzzles are made, for data, eval and train; eval makes the test puzzles alone', async () => {
  const some = ['--set', 'data.train=600', '--set', 'data.validation=100', '--set', 'data.test=100']
  const described = await onTerminal('data', 'info', 'sudoku-small', ...some)
  assert.match(described.stderr, /reading puzzles/)
  assert.match(described.stderr, /generating puzzles: \d+ of 800/)
  const settings = [
    '--set',
    'model.width=16',
    '--set',
    'training.steps=1',
    '--set',
    'optimizer.warmupSteps=0',
  ]
  const trained = await onTerminal(
    'train',
    'sudoku-small',
    ...some,
    ...settings,
    '--out',
    'run',
    '--threads',
    '1',
  )
  assert.equal(trained.code, 0, trained.stderr)
  assert.match(trained.stderr, /generating puzzles: \d+ of 800/)
  const evaluated = await onTerminal('eval', 'run', '--limit', '2')
  assert.equal(evaluated.code, 0, evaluated.stderr)
  assert.match(evaluated.stderr, /opening the model/)
  assert.match(evaluated.stderr, /generating puzzles: \d+ of 101/)
})

test('an error while a bar is drawn takes the bar away, and the process ends', async () => {
  const rows = Array.from({ length: 1000 }, () => '123434122143432.')
  writeFileSync(join(folder, 'bad.txt'), `${rows.join('\n')}\n${'x'.repeat(1_100_000)}\n`)
  const { code, stderr } = await onTerminal('data', 'check', 'bad.txt')
  assert.equal(code, 1)
  assert.match(stderr, /rows checked/)
  assert.match(stderr, /trm: bad\.txt, line 1001\n[^░]*$/, 'nothing is drawn behind the error')
})
