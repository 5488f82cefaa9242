import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { InputError } from '@tiny-recursive-models/tensor'
import { zipSync } from 'fflate'
import {
  type BytesOptions,
  decompressed,
  decompressedLines,
  decompressedText,
} from '../../../src/data/bytes.ts'
import { readJsonFile } from '../../../src/data/json-file.ts'
import { formatSudokuLine } from '../../../src/puzzles/sudoku/text.ts'
import { generatePuzzles } from '../../puzzles/families.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Longer than a few pieces. */
const lines = [...generatePuzzles({ boxRows: 2, boxColumns: 2 }, 200, 1, { minimal: false })].flatMap(
  ({ question }) => Array.from({ length: 25 }, () => formatSudokuLine(question)),
)
const table = encode(`${lines.join('\n')}\n`)

async function linesOf(file: Uint8Array, options: Partial<BytesOptions> = {}): Promise<string[]> {
  const read: string[] = []
  for await (const piece of decompressedLines(file, { name: 'file', ...options })) read.push(...piece)
  return read
}

const refused = (file: Uint8Array, parts: Partial<InputError>, options?: Partial<BytesOptions>) =>
  assert.rejects(linesOf(file, options), (error) => {
    assert.ok(error instanceof InputError, String(error))
    assert.deepEqual({ ...error, ...parts }, { ...error })
    return true
  })

test('a zip archive with one table is read, deflated or stored', async () => {
  for (const level of [0, 6] as const)
    assert.deepEqual(await linesOf(zipSync({ 'sudoku.csv': table }, { level })), lines)
})

test('the name of the only file does not matter, nor what packing programs add', async () => {
  const archive = zipSync({
    data: { test: table },
    __MACOSX: { '._test': encode('x') },
    '.DS_Store': encode('x'),
  })
  assert.deepEqual(await linesOf(archive), lines)
})

test('beside files about it the table is found by its name', async () => {
  const archive = zipSync({
    'README.txt': encode('a'),
    LICENSE: encode('b'),
    'a.png': encode('c'),
    'test.csv': table,
  })
  assert.deepEqual(await linesOf(archive), lines)
})

test('a packed table in an archive is read', async () => {
  assert.deepEqual(await linesOf(zipSync({ 'test.csv.gz': gzipSync(table) })), lines)
})

test('several tables, or none, are named', async () => {
  await refused(zipSync({ 'train.csv': table, 'test.csv': table, 'a.png': table }), {
    who: 'file',
    expected: 'a text file of puzzles, alone in its archive',
    got: 'a zip archive of 2 files (train.csv, test.csv)',
    hint: 'Unpack the archive and use the right file from it.',
  })
  await refused(zipSync({ 'a\x1b.png': table, 'b.png': table }), {
    got: 'a zip archive of 2 files (a\\u001b.png, b.png)',
  })
  await refused(zipSync({}), { got: 'a zip archive of no files' })
})

test('what an archive unpacks to is bounded while it is unpacked', async () => {
  const bomb = zipSync({ 'a.csv': encode('.\n'.repeat(5_000_000)) }, { level: 9 })
  assert.ok(bomb.length < 100_000, `${bomb.length} bytes`)
  await refused(bomb, { expected: 'at most 1000000 bytes', got: 'more' }, { maxBytes: 1_000_000 })
})

test('a damaged archive is refused', async () => {
  const archive = zipSync({ 'a.csv': table })
  const changed = Uint8Array.from(archive)
  changed[archive.length >> 1]! ^= 255
  await assert.rejects(linesOf(changed), InputError)
  await refused(archive.subarray(0, archive.length - 10), {
    expected: 'a zip archive',
    hint: 'The archive is damaged: copy or download it again.',
  })
  // A byte that is changed where nothing is packed: only the checksum knows.
  const stored = zipSync({ 'a.csv': table }, { level: 0 })
  stored[100]! ^= 1
  await refused(stored, { got: 'a different one: bytes have changed' })
})

test('an encrypted archive says so', async () => {
  const archive = zipSync({ 'a.csv': table })
  const view = new DataView(archive.buffer, archive.byteOffset)
  let directory = archive.length - 4
  while (view.getUint32(directory, true) !== 0x02014b50) directory--
  view.setUint16(directory + 8, 1, true)
  await refused(archive, { got: 'an encrypted one' })
})

test('JSON is read from an archive, and arrays are', async () => {
  const options = { name: 'file', hint: '', maxBytes: 1_000 }
  assert.deepEqual(await readJsonFile(zipSync({ 'a.json': encode('{"a": [1]}') }), options), { a: [1] })
  const array = Uint8Array.from(Buffer.from('\x93NUMPY and so on', 'latin1'))
  const unpacked = await decompressed(zipSync({ 'a.npy': array }), { name: 'file', content: 'numbers' })
  assert.deepEqual(unpacked, array)
})

test('UTF-16 is read with its mark and without, in both orders, plain and packed', async () => {
  const little = Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le')
  const big = Buffer.from(little).swap16()
  for (const marked of [little, big])
    for (const file of [
      marked,
      marked.subarray(2),
      gzipSync(marked),
      zipSync({ 'a.csv': Uint8Array.from(marked) }),
    ]) {
      assert.deepEqual(await linesOf(Uint8Array.from(file)), lines)
      assert.equal(await decompressedText(file, { name: 'file' }), lines.join('\r\n'))
    }
})

test('JSON in UTF-16 is read, as PowerShell writes it', async () => {
  const file = Buffer.from('\ufeff{"name": "Rätsel"}\r\n', 'utf16le')
  const options = { name: 'file', hint: '', maxBytes: 1_000 }
  assert.deepEqual(await readJsonFile(file, options), { name: 'Rätsel' })
})

test('a key that is there twice is refused, at any depth', async () => {
  for (const text of ['{"a": 1, "a": 2}', '{"b": [{"a": 1, "\\u0061": 2}]}'])
    await assert.rejects(readJsonFile(encode(text), { name: 'file', hint: '', maxBytes: 100 }), {
      message:
        'file: expected unique keys, got a twice in one object. Only one of the two would count: remove or rename the other.',
    })
})
