import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { fileError } from '../../src/node/file-errors.ts'
import {
  appendLine,
  makeFolder,
  readFileBounded,
  removeAbandonedTemporaries,
  writeFileAtomically,
} from '../../src/node/files.ts'
import { runAndKill } from './killed-child.ts'

const folder = mkdtempSync(join(tmpdir(), 'trm-files-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)

async function messageOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error.message
  }
  return 'no error'
}

test('a file is written, replaced, and nothing else is left in the folder', async () => {
  const inside = join(folder, 'write')
  await mkdir(inside)
  const path = join(inside, 'a.bin')
  await writeFileAtomically(path, bytes('first'))
  await writeFileAtomically(path, bytes('2'))
  await writeFileAtomically(join(inside, 'empty'), bytes(''))
  assert.equal(readFileSync(path, 'utf8'), '2')
  assert.deepEqual(readdirSync(inside).sort(), ['a.bin', 'empty'])
})

test('many writers of one file leave one of the contents', async () => {
  const inside = join(folder, 'together')
  await mkdir(inside)
  const path = join(inside, 'a')
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => writeFileAtomically(path, new Uint8Array(50_000).fill(index))),
  )
  const content = readFileSync(path)
  assert.equal(content.length, 50_000)
  assert.ok(content.every((byte) => byte === content[0]))
  assert.deepEqual(readdirSync(inside), ['a'])
})

test('what cannot be written says why and what to do', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, 'x')
  assert.equal(
    await messageOf(() => writeFileAtomically(join(folder, 'none', 'a'), bytes('x'))),
    `${join(folder, 'none', 'a')}: expected a file that can be written, got no such file or folder (ENOENT). Check the path, and that its folder exists.`,
  )
  assert.equal(
    await messageOf(() => writeFileAtomically(join(file, 'a'), bytes('x'))),
    `${join(file, 'a')}: expected a file that can be written, got a file where a folder should be (ENOTDIR). A part of the path is a file: choose another path.`,
  )
  assert.equal(
    await messageOf(() => writeFileAtomically(folder, bytes('x'))),
    `${folder}: expected a file that can be written, got a folder where a file should be (EISDIR). Name a file inside the folder, or another path.`,
  )
  const link = join(folder, 'link')
  symlinkSync(file, link)
  assert.equal(
    await messageOf(() => writeFileAtomically(link, bytes('y'))),
    `${link}: expected a file that can be replaced, got a link. Choose a regular file, or remove what is there.`,
  )
  assert.equal(readFileSync(file, 'utf8'), 'x')
  const long = join(folder, 'n'.repeat(300))
  assert.match(
    await messageOf(() => writeFileAtomically(long, bytes('x'))),
    /a name that is too long \(ENAMETOOLONG\)/,
  )
})

test('a folder is made with those above it', async () => {
  const path = join(folder, 'one', 'two', 'three')
  await makeFolder(path)
  await makeFolder(path)
  assert.deepEqual(readdirSync(join(folder, 'one', 'two')), ['three'])
  const file = join(folder, 'one', 'file')
  writeFileSync(file, '')
  assert.equal(
    await messageOf(() => makeFolder(file)),
    `${file}: expected a folder that can be made, got something that already exists (EEXIST). Choose another path, or remove it first.`,
  )
  assert.match(await messageOf(() => makeFolder(join(file, 'inside'))), /a file where a folder should be/)
})

const noProc = existsSync('/proc/self') ? false : 'skipped: no /proc here'

test('a folder that cannot be made there is refused at once', { skip: noProc, timeout: 5_000 }, async () => {
  assert.equal(
    await messageOf(() => makeFolder('/proc/one/two')),
    '/proc/one/two: expected a folder that can be made, got no such file or folder (ENOENT). Check the path, and that its folder exists.',
  )
})

test('errors of the system become errors with advice, others stay what they are', () => {
  const systemError = (code: string) => Object.assign(new Error(code), { code })
  const error = fileError(systemError('EROFS'), '/x', 'a file that can be written')
  assert.ok(error instanceof InputError)
  assert.equal(
    error.message,
    '/x: expected a file that can be written, got a read-only file system (EROFS). Choose a folder on a disk that can be written.',
  )
  for (const code of ['ENOSPC', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'EUNHEARDOF']) {
    assert.ok(fileError(systemError(code), '/x', 'a file') instanceof InputError, code)
  }
  for (const other of [
    new TypeError('x'),
    systemError('ERR_INVALID_ARG_TYPE'),
    'text',
    new InputError({ who: 'a', expected: 'b', got: 'c', hint: 'd' }),
  ]) {
    assert.equal(fileError(other, '/x', 'a file'), other)
  }
})

test('reading is bounded and refuses what is no file', async () => {
  const path = join(folder, 'ten')
  writeFileSync(path, '0123456789')
  assert.deepEqual(await readFileBounded(path, { maxBytes: 10 }), bytes('0123456789'))
  assert.equal(
    await messageOf(() => readFileBounded(path, { maxBytes: 9 })),
    `${path}: expected a file of at most 9 bytes, got 10 bytes. A valid file of this kind is never that large: check that it is the right one.`,
  )
  assert.match(
    await messageOf(() => readFileBounded(folder, { maxBytes: 9 })),
    /a folder where a file should be/,
  )
  assert.match(await messageOf(() => readFileBounded(`${path}x`, { maxBytes: 9 })), /no such file or folder/)
  if (existsSync('/dev/zero')) {
    assert.match(
      await messageOf(() => readFileBounded('/dev/zero', { maxBytes: 9 })),
      /got a device or a pipe/,
    )
  }
})

test('lines are appended whole', async () => {
  const path = join(folder, 'lines')
  await appendLine(path, 'one')
  await appendLine(path, 'zwei ä')
  assert.equal(readFileSync(path, 'utf8'), 'one\nzwei ä\n')
  assert.equal(
    await messageOf(() => appendLine(path, 'a\nb')),
    `${path}: expected a single line, got a line break inside it. Write JSON without indentation.`,
  )
})

const noFull = existsSync('/dev/full') ? false : 'skipped: no /dev/full here'

test('a full disk is named', { skip: noFull }, async () => {
  assert.equal(
    await messageOf(() => appendLine('/dev/full', 'line')),
    '/dev/full: expected a file that can be appended to, got a full disk (ENOSPC). Free some space, or choose a folder on another disk.',
  )
})

test('a disk that fills up keeps the old file whole', async (context) => {
  const disk = join(folder, 'disk')
  await mkdir(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    context.skip('skipped: no permission to mount')
    return
  }
  try {
    const path = join(disk, 'a')
    await writeFileAtomically(path, new Uint8Array(20_000).fill(1))
    assert.equal(
      await messageOf(() => writeFileAtomically(path, new Uint8Array(200_000).fill(2))),
      `${path}: expected a file that can be written, got a full disk (ENOSPC). Free some space, or choose a folder on another disk.`,
    )
    assert.deepEqual(readFileSync(path), Buffer.alloc(20_000, 1))
    assert.deepEqual(readdirSync(disk), ['a'])
    const lines = join(disk, 'lines')
    await appendLine(lines, 'kept')
    assert.match(await messageOf(() => appendLine(lines, 'x'.repeat(100_000))), /a full disk/)
    assert.equal(readFileSync(lines, 'utf8'), 'kept\n')
  } finally {
    execFileSync('umount', [disk])
  }
})

test('temporary files of processes that are gone are removed, others stay', async () => {
  const inside = join(folder, 'stale')
  await mkdir(inside)
  const temporary = (pid: number) => join(inside, `.a.bin.${pid}-0123456789ab.tmp`)
  const gone = 2 ** 22 + 1 // above the largest process number of Linux
  for (const pid of [gone, process.pid, process.ppid]) writeFileSync(temporary(pid), '')
  writeFileSync(join(inside, '.keep.tmp'), '')
  await removeAbandonedTemporaries(inside)
  assert.deepEqual(existsSync(temporary(gone)), false)
  assert.deepEqual(readdirSync(inside).length, 3)
  // Our own number, but from before this process started; and a living process's file of two hours ago.
  const old = new Date(Date.now() - 2 * 60 * 60 * 1000)
  utimesSync(temporary(process.pid), old, old)
  utimesSync(temporary(process.ppid), old, old)
  await writeFileAtomically(join(inside, 'b'), bytes('b'))
  assert.deepEqual(readdirSync(inside).sort(), ['.keep.tmp', 'b'])
})

test('a process killed while it writes leaves a whole file', { timeout: 30_000 }, async () => {
  const inside = join(folder, 'killed')
  await mkdir(inside)
  const path = join(inside, 'state.bin')
  for (const afterMs of [3, 17, 29, 41]) {
    await runAndKill('./write-loop.ts', [path], afterMs)
    const content = readFileSync(path)
    const round = content[0]!
    assert.ok((content.length - 400_000) % 100_000 === 0 && content.length <= 1_000_000, `${content.length}`)
    assert.ok(
      content.every((byte) => byte === round),
      'one content',
    )
  }
  await writeFileAtomically(join(inside, 'next'), bytes('x'))
  assert.deepEqual(readdirSync(inside).sort(), ['next', 'state.bin'])
})
