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

test('an error while a bar is drawn takes the bar away, and the process ends', async () => {
  const rows = Array.from({ length: 1000 }, () => '123434122143432.')
  writeFileSync(join(folder, 'bad.txt'), `${rows.join('\n')}\n${'x'.repeat(1_100_000)}\n`)
  const words = ['--import', asTerminal, launcher, 'data', 'check', 'bad.txt']
  const child = spawn(process.execPath, words, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } })
  let stderr = ''
  child.stderr.on('data', (data) => {
    stderr += String(data)
  })
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(120_000) }).finally(() =>
    child.kill('SIGKILL'),
  )
  assert.equal(code, 1)
  assert.match(stderr, /rows checked/)
  assert.match(stderr, /trm: bad\.txt, line 1001\n[^░]*$/, 'nothing is drawn behind the error')
})
