/**
 * Files that are whole or not there: atomic writes, bounded reads, lines that are appended in one piece. Libraries for
 * atomic writes leave temporary files of killed processes behind, and neither bound what is read nor append.
 */

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { errorCode, fileError } from './file-errors.ts'

const folderSyncRefusals = ['EISDIR', 'EPERM', 'EINVAL', 'EACCES', 'EBADF', 'ENOTSUP']

const temporaryName = /^\.(.+)\.(\d+)-([0-9a-f]{12})\.tmp$/
/** A temporary file older than this is abandoned, even when its process number is in use again. */
const abandonedAfterMs = 60 * 60 * 1000

/**
 * Writes a file so that a reader, at any moment and after any crash, finds the old content or the new one: into a
 * temporary file beside it, forced to the disk, renamed over it, the folder forced to the disk. Temporary files
 * that killed processes have left in the folder are removed first.
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  return writePiecesAtomically(path, [bytes])
}

/**
 * The same for a file that is never in memory as a whole. A piece may use the memory of the one before it: it is
 * written before the next is asked for.
 */
export async function writePiecesAtomically(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  try {
    await refuseUnlessRegular(path)
    await removeAbandonedTemporaries(folder)
    const handle = await open(temporary, 'wx')
    try {
      for (const piece of pieces) await writeWhole(handle, piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await moveIntoPlace(temporary, path)
  } catch (error) {
    await removeIfThere(temporary)
    throw fileError(error, path, 'a file that can be written')
  }
}

/** Renames a whole file over `path`, which must be in the same folder, so that the change lasts. */
export async function moveIntoPlace(temporary: string, path: string): Promise<void> {
  await refuseUnlessRegular(path)
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

/**
 * Makes a folder and those above it; one that is there is in order. Node's own recursive way (20.20) never returns
 * below /proc, and says of a read-only disk that a folder is missing.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeWithParents(path)
  } catch (error) {
    throw fileError(error, path, 'a folder that can be made')
  }
}

async function makeWithParents(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const isThere = await stat(path).then(
      (facts) => facts.isDirectory(),
      () => false,
    )
    if (isThere) return
    const above = dirname(path)
    if (errorCode(error) !== 'ENOENT' || above === path) throw error
    await makeWithParents(above)
    await mkdir(path).catch((again: unknown) => {
      if (errorCode(again) !== 'EEXIST') throw again
    })
  }
}

/** Opens a regular file to read it; rejects folders, devices and pipes. The system's own errors are passed on. */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const facts = await handle.stat()
    if (facts.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    if (!facts.isFile()) {
      throw new InputError({
        who: path,
        expected: 'a file to read',
        got: 'a device or a pipe',
        hint: 'Copy the data into a file first.',
      })
    }
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Reads a whole file of at most `maxBytes`; a larger one is rejected before anything is read. */
export async function readFileBounded(
  path: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Uint8Array> {
  let handle: FileHandle | null = null
  try {
    handle = await openRegularFile(path)
    const facts = await handle.stat()
    if (facts.size > maxBytes) {
      throw new InputError({
        who: path,
        expected: `a file of at most ${maxBytes} bytes`,
        got: `${facts.size} bytes`,
        hint: 'A valid file of this kind is never that large: check that it is the right one.',
      })
    }
    const bytes = new Uint8Array(facts.size)
    let length = 0
    while (length < bytes.length) {
      const part = Math.min(maxTransfer, bytes.length - length)
      const { bytesRead } = await handle.read(bytes, length, part, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } catch (error) {
    throw fileError(error, path, 'a file to read')
  } finally {
    await handle?.close()
  }
}

/** Appends one line; where it does not fit as a whole, nothing of it stays in the file. */
export async function appendLine(path: string, line: string): Promise<void> {
  if (/[\n\r]/.test(line)) {
    throw new InputError({
      who: path,
      expected: 'a single line',
      got: 'a line break inside it',
      hint: 'Write JSON without indentation.',
    })
  }
  let handle: FileHandle | null = null
  try {
    handle = await open(path, 'a')
    const before = await handle.stat()
    try {
      await writeWhole(handle, new TextEncoder().encode(`${line}\n`))
    } catch (error) {
      // A device has no length to cut back to.
      if (before.isFile()) await handle.truncate(before.size)
      throw error
    }
  } catch (error) {
    throw fileError(error, path, 'a file that can be appended to')
  } finally {
    await handle?.close()
  }
}

/** Forces what was appended to the disk. A file that is not there is in order. */
export async function syncFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileError(error, path, 'a file that can be written')
  }
}

/** Removes the temporary files in `folder` whose process is gone. A missing folder is in order. */
export async function removeAbandonedTemporaries(folder: string): Promise<void> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch {
    // The caller's own access to the folder gives the better message.
    return
  }
  for (const name of names) {
    const match = temporaryName.exec(name)
    const path = join(folder, name)
    if (match !== null && (await isAbandoned(path, Number(match[2])))) {
      await removeIfThere(path)
    }
  }
}

/** Whether a process of that number runs on this machine. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return errorCode(error) === 'EPERM'
  }
}

async function isAbandoned(path: string, pid: number): Promise<boolean> {
  if (!isProcessAlive(pid)) return true
  let modifiedMs: number
  try {
    modifiedMs = (await stat(path)).mtimeMs
  } catch {
    return false
  }
  // Our own number, but from before this process started: process numbers come round again.
  const startedMs = Date.now() - process.uptime() * 1000
  return pid === process.pid ? modifiedMs < startedMs : Date.now() - modifiedMs > abandonedAfterMs
}

/** A rename would replace a link, a device or a socket by a file. */
export async function refuseUnlessRegular(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => null)
  if (facts === null || facts.isFile()) return
  if (facts.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
  throw new InputError({
    who: path,
    expected: 'a file that can be replaced',
    got: facts.isSymbolicLink() ? 'a link' : 'a device or a pipe',
    hint: 'Choose a regular file, or remove what is there.',
  })
}

/** One call to the system takes less than 2 GiB; checkpoints can be larger. */
const maxTransfer = 2 ** 30

async function writeWhole(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number | null = null,
): Promise<void> {
  let length = 0
  while (length < bytes.length) {
    const part = Math.min(maxTransfer, bytes.length - length)
    const at = position === null ? null : position + length
    const { bytesWritten } = await handle.write(bytes, length, part, at)
    length += bytesWritten
  }
}

/** Writes all of `bytes` into an open file, from the byte `position` on. */
export const writeAt = (handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> =>
  writeWhole(handle, bytes, position)

/** Makes the rename itself last. Some systems cannot do this for folders, and need not. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    if (!folderSyncRefusals.includes(errorCode(error) ?? '')) throw error
  } finally {
    await handle?.close()
  }
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(() => undefined)
}
