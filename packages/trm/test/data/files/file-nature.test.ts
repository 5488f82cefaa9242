import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { InputError } from '@tiny-recursive-models/tensor'
import { zipSync } from 'fflate'
import { decodeSafetensors, encodeSafetensors } from '../../../src/checkpoint/safetensors.ts'
import { decodeTorchFile } from '../../../src/checkpoint/torch/read.ts'
import { encodeTorchFile } from '../../../src/checkpoint/torch/write.ts'
import { decompressedLines, decompressedText } from '../../../src/data/bytes.ts'
import { fileNature } from '../../../src/data/files/file-nature.ts'
import { decodeNpy, encodeNpy } from '../../../src/data/npy.ts'

/** One character a byte. */
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

const pointer =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 228890\n'

/** Beginnings of files as their programs write them, and what they are called. */
const foreign: Readonly<Record<string, [Uint8Array, string]>> = {
  'Git LFS': [bytes(pointer), 'a Git LFS pointer to a file of 228890 bytes'],
  'git-annex': [bytes('/annex/objects/MD5E-s100--abc.csv\n'), 'a git-annex pointer'],
  'a web page': [bytes('\n<!DOCTYPE html>\n<html lang="en">'), 'a web page (HTML)'],
  'a web page after a byte order mark': [bytes('\xef\xbb\xbf<html><head>'), 'a web page (HTML)'],
  'a refusal of a storage': [bytes('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code>'), 'an XML file'],
  'a refusal of a host': [bytes('404: Not Found'), 'the error text of a download'],
  '7z': [bytes('7z\xbc\xaf\x27\x1c\0\x04'), 'a 7z archive'],
  RAR: [bytes('Rar!\x1a\x07\x01\0'), 'a RAR archive'],
  xz: [bytes('\xfd7zXZ\0\0\x04'), 'an xz file'],
  bzip2: [bytes('BZh91AY&SY\x01\x02'), 'a bzip2 file'],
  Zstandard: [bytes('\x28\xb5\x2f\xfd\x04\0'), 'a Zstandard file'],
  tar: [bytes(`a.csv${'\0'.repeat(252)}ustar\x0000`), 'a tar archive'],
  Parquet: [bytes('PAR1\x15\x04\x15'), 'a Parquet file'],
  Feather: [bytes('ARROW1\0\0'), 'an Arrow or Feather file'],
  'old Excel': [
    bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0'),
    'a document from an older Office program, such as an .xls workbook',
  ],
  SQLite: [bytes('SQLite format 3\0\x10\0'), 'an SQLite database'],
  HDF5: [bytes('\x89HDF\r\n\x1a\n\0'), 'an HDF5 file'],
  pickle: [bytes('\x80\x04\x95\x10\0\0'), 'a Python pickle'],
  ONNX: [bytes('\x08\x0a\x12\x05trm'), 'an ONNX model'],
  PDF: [bytes('%PDF-1.7\n'), 'a PDF document'],
  PNG: [bytes('\x89PNG\r\n\x1a\n\0'), 'an image'],
  JPEG: [bytes('\xff\xd8\xff\xe0\0'), 'an image'],
  WebP: [bytes('RIFF\x10\0\0\0WEBPVP8 '), 'an image'],
  'a download that never came': [
    new Uint8Array(64),
    'nothing but zero bytes, as an interrupted download leaves them',
  ],
  nothing: [new Uint8Array(0), 'an empty file'],
  'an Excel workbook': [
    zipSync({ '[Content_Types].xml': bytes('<Types/>'), 'xl/workbook.xml': bytes('<workbook/>') }),
    'an Excel workbook (.xlsx)',
  ],
  'an OpenDocument sheet': [
    zipSync({ mimetype: bytes('application/vnd'), 'META-INF/manifest.xml': bytes('<manifest/>') }),
    'an OpenDocument file, such as an .ods sheet',
  ],
  npz: [
    zipSync({ 'inputs.npy': encodeNpy({ dtype: 'uint8', shape: [1], data: Uint8Array.of(1) }) }),
    'NumPy arrays in one file (.npz)',
  ],
}

async function errorOf(read: () => unknown): Promise<InputError> {
  try {
    await read()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error
  }
  throw new Error('it was read')
}

async function linesOf(file: Uint8Array): Promise<string[]> {
  const lines: string[] = []
  for await (const piece of decompressedLines(file, { name: 'file' })) lines.push(...piece)
  return lines
}

for (const [title, [file, what]] of Object.entries(foreign)) {
  test(`${title} is named by every reader, with a next step`, async () => {
    const readers = [
      () => linesOf(file),
      () => decompressedText(file, { name: 'file', content: 'json' }),
      () => decodeTorchFile(file, 'file'),
      () => decodeSafetensors(file, 'file'),
      () => decodeNpy(file, 'file'),
    ]
    for (const read of readers) {
      const { who, got, hint } = await errorOf(read)
      assert.deepEqual([who, got], ['file', what])
      assert.match(hint, /^[A-Z].{10,}\.$/)
    }
  })
}

test('readers of data and of checkpoints are told different next steps', async () => {
  const [parquet] = foreign.Parquet!
  assert.match(
    (await errorOf(() => linesOf(parquet))).hint,
    /^Convert it to CSV first, in Python with pandas/,
  )
  assert.match((await errorOf(() => decodeTorchFile(parquet, 'file'))).hint, /^A table contains no weights/)
})

test('a checkpoint in the place of a table, and in the place of a model file, is named', async () => {
  const checkpoint = encodeTorchFile(
    new Map([['w', { dtype: 'float32', shape: [1], data: Float32Array.of(1) }]]),
  )
  assert.equal((await errorOf(() => linesOf(checkpoint))).got, 'a PyTorch checkpoint')
  const { got, hint } = await errorOf(() => decodeSafetensors(checkpoint, 'file'))
  assert.deepEqual([got, hint], ['a PyTorch checkpoint', 'Import it first: that writes a model file.'])
  const packed = zipSync({ 'model.pt': checkpoint })
  assert.equal(
    (await errorOf(() => decodeTorchFile(packed, 'file'))).got,
    'a zip archive of 1 file (model.pt)',
  )
})

test('files that are read have no other nature', () => {
  const array = encodeNpy({ dtype: 'uint8', shape: [1], data: Uint8Array.of(1) })
  assert.equal(fileNature(array), 'numpy')
  // A safetensors header as long as the mark of a zip archive says, taken for a number.
  const header = encodeSafetensors(new Map(), { text: ' '.repeat(1_000) })
  header.set(bytes('PK\x03\x04'))
  assert.equal(fileNature(header), null)
  for (const text of [
    '..1.3....32.12.4\n',
    '{"a": 1}',
    'version 1\n',
    'BM\n',
    '# SG\n',
    '<- a comment\n',
    '404: a title\n',
  ])
    assert.equal(fileNature(bytes(text)), null, text)
})

test('what is in gzip is named too', async () => {
  const { got } = await errorOf(() => linesOf(gzipSync(foreign.tar![0])))
  assert.equal(got, 'a tar archive')
})

test('bytes of no known format are no text', async () => {
  const { expected, got } = await errorOf(() => linesOf(bytes('ab\0cd\x01\x02\x03')))
  assert.deepEqual([expected, got], ['text in UTF-8 or UTF-16', 'bytes of an unknown format'])
})
