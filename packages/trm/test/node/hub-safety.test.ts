import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { download, facts, large, names, newFolder, root, small } from './hub-call.ts'
import { sha256 } from './hub-server.ts'

test('content that is not what the hub promised is not kept', async () => {
  const changed = Buffer.from(large)
  changed[200_000]! ^= 1
  const { folder, failure } = await download({
    'train.csv': { content: large, isLarge: true, sent: changed },
  })
  assert.deepEqual(facts(failure), {
    who: 'hf:datasets/team/puzzles/train.csv',
    expected: `the content that the hub promises (sha256 ${sha256(large)})`,
    got: 'different content of the same size',
    hint: 'Nothing was kept. Try again; if this persists, something between here and the hub is changing the file.',
  })
  assert.deepEqual(names(folder), [])
  const other = await download({ 'a.csv': { content: small, sent: Buffer.from('x'.repeat(30)) } })
  assert.match(facts(other.failure).expected, /git blob [0-9a-f]{40}/)
})

test('a wrong size is an error, also one that no disk has room for', async () => {
  const longer = await download({ 'a.csv': { content: small, sent: Buffer.concat([small, small]) } })
  assert.equal(facts(longer.failure).got, '60 bytes or more')
  const huge = await download({ 'a.csv': { content: small, listedBytes: 2 ** 52 } })
  assert.equal(facts(huge.failure).expected, `${2 ** 52} free bytes in ${huge.folder}`)
  assert.equal(huge.requests.filter((request) => request.includes('/resolve/')).length, 0)
  assert.deepEqual(names(huge.folder), [])
  for (const listedBytes of [-1, 1.5, 2 ** 60]) {
    const { failure } = await download({ 'a.csv': { content: small, listedBytes } })
    assert.equal(facts(failure).got, `${listedBytes} in the answer from the hub`)
  }
})

test('names that lead out of the folder are refused before anything is written', async () => {
  for (const name of [
    '../evil',
    '/etc/evil',
    'a/../../evil',
    'C:\\evil',
    'a\\..\\evil',
    'a//b',
    'a/./b',
    'c\u0000d',
    '.git/config',
    'a. ',
  ]) {
    const { folder, failure } = await download({ [name]: { content: small }, 'good.csv': { content: small } })
    assert.equal(facts(failure).expected, 'a relative path that stays inside a folder on every system', name)
    assert.ok(!existsSync(folder), name)
  }
  assert.ok(!existsSync(join(root, 'evil')))
  // A file that nobody asked for may be called as it likes.
  const { failure } = await download(
    { '../evil': { content: small }, 'good.csv': { content: small } },
    { files: ['good.csv'] },
  )
  assert.equal(failure, null)
})

test('a link in the folder leads nowhere else', async () => {
  const [folder, outside] = [newFolder(), newFolder()]
  for (const path of [folder, outside]) mkdirSync(path)
  symlinkSync(outside, join(folder, 'data'))
  const { failure } = await download({ 'data/a.csv': { content: small } }, { folder })
  assert.match(facts(failure).got, /^a link to /)
  assert.deepEqual(names(outside), [])
  rmSync(join(folder, 'data'))
  symlinkSync(join(outside, 'b'), join(folder, 'b.csv'))
  const file = await download({ 'b.csv': { content: small } }, { folder, replace: true })
  assert.equal(facts(file.failure).got, 'something that is not a regular file')
  assert.deepEqual(names(outside), [])
})
