import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zipSync } from 'fflate'
import { zipFolder, zipPath } from '../../../src/data/files/zip-folder.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (read: Uint8Array): string => new TextDecoder().decode(read)

test('a path may lead into an archive', () => {
  assert.deepEqual(zipPath('a/b.zip'), { archive: 'a/b.zip', inner: '' })
  assert.deepEqual(zipPath('a/b.ZIP/c/d.json'), { archive: 'a/b.ZIP', inner: 'c/d.json' })
  assert.deepEqual(zipPath('b.zip/'), { archive: 'b.zip', inner: '' })
  assert.equal(zipPath('a.zipped/b'), undefined)
  assert.equal(zipPath('a.csv'), undefined)
})

test('folders that hold all there is are passed over, and the last may be named', () => {
  const folder = zipFolder(
    zipSync({ 'main/data/b.json': bytes('b'), 'main/data/a.json': bytes('a') }),
    'z.zip',
  )
  assert.deepEqual(folder.list(''), ['a.json', 'b.json'])
  assert.deepEqual(folder.list('data'), ['a.json', 'b.json'])
  assert.equal(text(folder.read('data/b.json')), 'b')
  assert.equal(text(folder.read('a.json')), 'a')
  const two = zipFolder(zipSync({ 'main/x/a': bytes('1'), 'main/y/x/a': bytes('2') }, { level: 0 }), 'z.zip')
  assert.deepEqual([two.list(''), two.list('y'), two.list('y\\x/')], [['x', 'y'], ['x'], ['a']])
  assert.equal(text(two.read('y/x/a')), '2')
})

test('what packing programs add does not count', () => {
  const folder = zipFolder(
    zipSync({ 'set/a.json': bytes('a'), '__MACOSX/set/._a.json': bytes(''), 'set/.DS_Store': bytes('') }),
    'z.zip',
  )
  assert.deepEqual(folder.list(''), ['a.json'])
})

test('what is not there is named, and what unpacks to too much is refused before it is unpacked', () => {
  const archive = zipSync({ 'a.json': bytes('a'), 'b.json': bytes('b') })
  const folder = zipFolder(archive, 'z.zip')
  const missing =
    /^InputError: z\.zip\/c: expected a place in the archive, got nothing of that name beside a\.json, b\.json/
  assert.throws(() => folder.read('c'), missing)
  assert.throws(() => folder.list('c'), missing)
  // The announced size of the last entry in the directory.
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  const names = [...archive.keys()].filter(
    (at) => view.byteLength - at >= 4 && view.getUint32(at, true) === 0x02014b50,
  )
  view.setUint32(names.at(-1)! + 24, 2 ** 31, true)
  assert.throws(
    () => zipFolder(archive, 'z.zip').read('b.json'),
    /at most 1\.07\sGB after unpacking, got 2\.15\sGB/,
  )
  assert.throws(() => zipFolder(bytes('no archive'), 'z.zip'), /a zip archive/)
})
