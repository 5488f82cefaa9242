import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openRegularFile } from '../../src/node/files.ts'
import { LineTail, type LineTailOptions } from '../../src/node/line-tail.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-tail-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0

function tailOf(text: string | null, options?: LineTailOptions) {
  const path = join(folder, `${++count}`)
  if (text !== null) writeFileSync(path, text)
  const tail = new LineTail(() => openRegularFile(path).catch(() => null), options)
  /** Reads to the end; a reset is shown as a line of its own. */
  const rest = async (): Promise<(string | null)[]> => {
    const all: (string | null)[] = []
    for (;;) {
      const { lines, isReset, isAtEnd } = await tail.read()
      all.push(...(isReset ? ['RESET'] : []), ...lines)
      if (isAtEnd) return all
    }
  }
  return { path, tail, rest }
}

test('lines are given when they are whole', async () => {
  const { path, tail, rest } = tailOf(null)
  assert.deepEqual(await rest(), [])
  writeFileSync(path, 'one\ntw')
  assert.deepEqual(await rest(), ['one'])
  appendFileSync(path, 'o\n\nthree ')
  assert.deepEqual(await rest(), ['two', ''])
  assert.deepEqual(await rest(), [])
  appendFileSync(path, 'é\n')
  assert.deepEqual(await rest(), ['three é'])
  assert.equal(tail.lineCount, 4)
})

test('pieces may end anywhere, also inside a character', async () => {
  const lines = Array.from({ length: 300 }, (_, index) => 'é€𝄞'.repeat(index % 40) + index)
  for (const pieceBytes of [1, 7, 64, 1000]) {
    const { rest } = tailOf(`${lines.join('\n')}\n`, { pieceBytes })
    assert.deepEqual(await rest(), lines, `${pieceBytes}`)
  }
})

test('a line that is too long is passed over, whatever comes behind it', async () => {
  const { path, rest } = tailOf(`a\n${'x'.repeat(5_000)}\nb\n`, { pieceBytes: 16, maxLineBytes: 100 })
  assert.deepEqual(await rest(), ['a', null, 'b'])
  appendFileSync(path, 'y'.repeat(3_000))
  assert.deepEqual(await rest(), [])
  appendFileSync(path, 'y'.repeat(3_000))
  assert.deepEqual(await rest(), [])
  appendFileSync(path, '\nc\n')
  assert.deepEqual(await rest(), [null, 'c'])
})

test('a file that was cut, replaced, written anew or removed is read from its beginning', async () => {
  const { path, tail, rest } = tailOf('a\nb\nc\n')
  assert.deepEqual(await rest(), ['a', 'b', 'c'])
  truncateSync(path, 2)
  assert.deepEqual(await rest(), ['RESET', 'a'])
  writeFileSync(`${path}.new`, 'a\nd\ne\nf\n')
  renameSync(`${path}.new`, path)
  assert.deepEqual(await rest(), ['RESET', 'a', 'd', 'e', 'f'])
  // The same file, longer than before.
  writeFileSync(path, 'g\nh\ni\nj\nk\n')
  assert.deepEqual(await rest(), ['RESET', 'g', 'h', 'i', 'j', 'k'])
  assert.equal(tail.lineCount, 5)
  rmSync(path)
  assert.deepEqual(await rest(), ['RESET'])
  assert.deepEqual(await rest(), [])
  writeFileSync(path, 'l\n')
  assert.deepEqual(await rest(), ['l'])
})
