/** One file from the hub into a folder: into a part beside its place, checked, then renamed. */
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, realpath, statfs, unlink } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { fileError } from '../file-errors.ts'
import { makeFolder, moveIntoPlace, writeAt } from '../files.ts'
import { formatRepository } from './address.ts'
import type { HubConnection } from './connection.ts'
import { beginHash, hashFile, isSameContent } from './content.ts'
import { LostConnection, RangeRefused } from './failures.ts'
import type { HubFile } from './listing.ts'

export type TransferEvent =
  /** The file was there already, whole and right. */
  | { readonly type: 'kept'; readonly path: string; readonly bytes: number }
  /** Bytes of this file on the disk so far. */
  | { readonly type: 'progress'; readonly path: string; readonly bytes: number }
  | { readonly type: 'retry'; readonly path: string; readonly reason: string; readonly attempt: number }
  | { readonly type: 'stored'; readonly path: string; readonly bytes: number; readonly digest: string }

export interface Target {
  readonly folder: string
  readonly commit: string
  /** Replace a file of the same name and another content. */
  readonly replace: boolean
}

/** Downloads a file, or goes on with it; a part that is left behind by a failure is of use to the next try. */
export async function* transferFile(
  connection: HubConnection,
  file: HubFile,
  target: Target,
): AsyncGenerator<TransferEvent, void> {
  const place = join(target.folder, ...file.path.split('/'))
  try {
    await makeFolder(dirname(place))
    await refuseOutside(dirname(place), target.folder)
    if (await isThere(place, file, target.replace)) {
      yield { type: 'kept', path: file.path, bytes: file.bytes }
      return
    }
    const part = `${place}.${(file.digest?.hex ?? target.commit).slice(0, 12)}.part`
    await removeOtherParts(place, part)
    yield* new Transfer(connection, file, target.commit, part).run()
    await moveIntoPlace(part, place)
  } catch (error) {
    throw fileError(error, place, 'a file that can be written')
  }
  const digest = file.digest === null ? '' : `${file.digest.kind === 'git' ? 'git ' : ''}${file.digest.hex}`
  yield { type: 'stored', path: file.path, bytes: file.bytes, digest }
}

class Transfer {
  readonly #connection: HubConnection
  readonly #file: HubFile
  readonly #commit: string
  readonly #part: string

  constructor(connection: HubConnection, file: HubFile, commit: string, part: string) {
    this.#connection = connection
    this.#file = file
    this.#commit = commit
    this.#part = part
  }

  /** Fills the part and checks it. One that was begun before and turns out to be wrong is begun anew, once. */
  async *run(): AsyncGenerator<TransferEvent, void> {
    // Windows has no O_NOFOLLOW.
    const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)
    const handle = await open(this.#part, flags)
    try {
      const facts = await handle.stat()
      const isOlder = facts.size > 0
      if (facts.size > this.#file.bytes) await handle.truncate(0)
      await this.#refuseUnlessRoom(facts.size)
      yield* this.#fill(handle)
      if (await this.#isRight(handle)) return
      await handle.truncate(0)
      if (isOlder) {
        yield* this.#fill(handle)
        if (await this.#isRight(handle)) return
      }
    } catch (error) {
      if ((await handle.stat()).size === 0) await unlink(this.#part)
      throw error
    } finally {
      await handle.close()
    }
    await unlink(this.#part)
    const { kind } = this.#file.digest!
    throw new InputError({
      who: this.#who,
      expected: `the content that the hub promises (${kind === 'git' ? 'git blob' : kind} ${this.#file.digest!.hex})`,
      got: 'different content of the same size',
      hint: 'Nothing was kept. Try again; if this persists, something between here and the hub is changing the file.',
    })
  }

  /** Nothing is begun that cannot end: a part that fills the disk helps nobody. */
  async #refuseUnlessRoom(there: number): Promise<void> {
    const folder = dirname(this.#part)
    const { bavail, bsize } = await statfs(folder)
    const [needed, free] = [this.#file.bytes - there, bavail * bsize]
    if (needed <= free) return
    throw new InputError({
      who: this.#who,
      expected: `${needed} free bytes in ${folder}`,
      got: `${free}`,
      hint: 'Free some space, or choose a folder on another disk.',
    })
  }

  async #isRight(handle: FileHandle): Promise<boolean> {
    await handle.sync()
    if (this.#file.digest === null) return true
    const hash = beginHash(this.#file)
    return (await hashFile(handle, hash, this.#file.bytes)) && hash.digest('hex') === this.#file.digest.hex
  }

  async *#fill(handle: FileHandle): AsyncGenerator<TransferEvent, void> {
    const { attempts } = this.#connection.patience
    let length = (await handle.stat()).size
    yield this.#progress(length)
    for (let attempt = 0; length < this.#file.bytes; ) {
      try {
        for await (const chunk of this.#content(length)) {
          await writeAt(handle, chunk, length)
          length += chunk.length
          attempt = 0
          yield this.#progress(length)
        }
      } catch (error) {
        const failure = this.#connection.translate(error)
        if (failure instanceof RangeRefused && length > 0) {
          await handle.truncate(0)
          length = 0
          continue
        }
        if (!(failure instanceof LostConnection)) throw failure
        if (++attempt > attempts) throw this.#givenUp(length, failure)
        yield { type: 'retry', path: this.#file.path, reason: failure.message, attempt }
        await this.#connection.wait(attempt, failure)
      }
    }
  }

  /** The bytes of the file from `start` on: all that are left, or an error. */
  async *#content(start: number): AsyncGenerator<Uint8Array, void> {
    const connection = this.#connection
    const { path, bytes } = this.#file
    const { downloadFile } = await import('@huggingface/hub')
    const timer = setTimeout(() => connection.close(), connection.patience.stallMs)
    connection.failure = undefined
    try {
      const blob = await downloadFile({
        repo: connection.asked.repository,
        // The library puts the name into an address as it is.
        path: path.split('/').map(encodeURIComponent).join('/'),
        revision: this.#commit,
        // Plain requests: they go on at any byte, and what comes is what is stored.
        xet: false,
        ...connection.parameters,
      })
      connection.close() // what is left of asking for the size
      if (blob === null || blob.size !== bytes) throw this.#wrongSize(blob?.size ?? null)
      let position = start
      for await (const chunk of blob.slice(start).stream() as AsyncIterable<Uint8Array>) {
        timer.refresh()
        position += chunk.length
        if (position > bytes) throw this.#wrongSize(position)
        yield chunk
      }
      if (position < bytes) throw new LostConnection(`an end after ${position} of ${bytes} bytes`)
    } catch (error) {
      throw connection.failure ?? error
    } finally {
      clearTimeout(timer)
      connection.close()
    }
  }

  #progress(bytes: number): TransferEvent {
    return { type: 'progress', path: this.#file.path, bytes }
  }

  #wrongSize(got: number | null): InputError {
    return new InputError({
      who: this.#who,
      expected: `${this.#file.bytes} bytes, as the listing says`,
      got: got === null ? 'no such file' : `${got} bytes or more`,
      hint: 'Try again later; if this persists, something between here and the hub is changing the file.',
    })
  }

  #givenUp(length: number, failure: LostConnection): InputError {
    const hint = 'What has arrived is kept: run the same command again to resume.'
    const expected = `the rest of the file, ${length} of ${this.#file.bytes} bytes have arrived`
    return this.#connection.givenUp(expected, failure, hint, this.#who)
  }

  get #who(): string {
    return `${formatRepository(this.#connection.asked.repository)}/${this.#file.path}`
  }
}

/** Whether the right file is there already; another one is an error unless it may be replaced. */
async function isThere(place: string, file: HubFile, replace: boolean): Promise<boolean> {
  const facts = await lstat(place).catch(() => null)
  if (facts === null) return false
  if (facts.isFile() && (await isSameContent(place, file))) return true
  if (facts.isFile() && replace) return false
  throw new InputError({
    who: place,
    expected: 'no file, or the one on the hub',
    got: facts.isFile() ? 'a file with different content' : 'something that is not a regular file',
    hint: 'Choose another folder, move the file away, or have it replaced (`replace: true`).',
  })
}

/** A link inside the folder could lead out of it. */
async function refuseOutside(inner: string, folder: string): Promise<void> {
  const [from, to] = [await realpath(folder), await realpath(inner)]
  const path = relative(from, to)
  if (path !== '..' && !path.startsWith(`..${sep}`) && join(from, path) === to) return
  throw new InputError({
    who: inner,
    expected: `a folder inside ${folder}`,
    got: `a link to ${to}`,
    hint: 'Choose another folder, or remove the link.',
  })
}

/** Parts of other states of this file: nobody would go on with them. */
async function removeOtherParts(place: string, part: string): Promise<void> {
  const [folder, name] = [dirname(place), basename(place)]
  for (const other of await readdir(folder)) {
    const isPart = other.startsWith(`${name}.`) && /^[0-9a-f]{12}\.part$/.test(other.slice(name.length + 1))
    if (isPart && join(folder, other) !== part) await unlink(join(folder, other))
  }
}
