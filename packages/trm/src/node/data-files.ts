/** Data files of recipes, from the disk. */
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { type ZipFolder, zipFolder, zipPath } from '../data/files/zip-folder.ts'
import type { ReadDataFile } from '../data/parts.ts'
import { errorCode, fileError } from './file-errors.ts'
import { readFileBounded } from './files.ts'

/** The largest data file that is read; the published ones are below. */
export const maxDataBytes = 2 ** 32

async function listFolder(folder: string): Promise<string[]> {
  const packed = await openZip(folder)
  if (packed) return packed.folder.list(packed.inner)
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    throw fileError(error, folder, 'a folder that can be read')
  }
}

/** What came through pipes, once: a second reader of the same path gets the same bytes. */
const piped = new Map<string, Promise<Uint8Array>>()

/** @param path `-` for the standard input, or that of a named pipe, as a shell makes of `<(…)` */
function readPiped(path: string): Promise<Uint8Array> {
  const known = piped.get(path)
  if (known) return known
  const read = readStream(path === '-' ? process.stdin : createReadStream(path), path)
  piped.set(path, read)
  return read
}

async function readStream(stream: AsyncIterable<Uint8Array>, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    total += chunk.length
    if (total > maxDataBytes) {
      throw new InputError({
        who: path === '-' ? '- (standard input)' : path,
        expected: `at most ${maxDataBytes} bytes`,
        got: 'more',
        hint: 'Use a smaller file.',
      })
    }
  }
  return Buffer.concat(chunks)
}

const isPipe = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isFIFO(),
    () => false,
  )

/** The archive that was opened last: its files are asked for one after the other. */
let lastZip: { readonly key: string; readonly folder: Promise<ZipFolder> } | undefined

/** The archive that a path names or leads into; undefined where there is none. */
async function openZip(
  path: string,
): Promise<{ readonly folder: ZipFolder; readonly inner: string } | undefined> {
  const place = zipPath(path)
  const facts = place && (await stat(place.archive).catch(() => undefined))
  if (!place || !facts?.isFile()) return undefined
  const { archive, inner } = place
  const key = `${resolve(archive)} ${facts.size} ${facts.mtimeMs}`
  if (lastZip?.key !== key) {
    const read = readFileBounded(archive, { maxBytes: maxDataBytes })
    lastZip = { key, folder: read.then((bytes) => zipFolder(bytes, archive)) }
  }
  return { folder: await lastZip.folder, inner }
}

/**
 * For `loadDataSets`; the path `-` is what is piped in, and one that goes on behind an archive, `arc.zip/training/a.json`,
 * means a file in it. A folder may be an archive too.
 */
export const readDataFile: ReadDataFile = Object.assign(
  async (path: string) => {
    if (path === '-' || (await isPipe(path))) return readPiped(path)
    const packed = zipPath(path)?.inner ? await openZip(path) : undefined
    return packed ? packed.folder.read(packed.inner) : readFileBounded(path, { maxBytes: maxDataBytes })
  },
  { list: listFolder },
)

/**
 * Where a file or folder named by a run is. A relative path refers to the folder in which the run was started or, if it
 * is not there, as on another machine, to the current one.
 *
 * @param begunIn null where it is not known
 */
export async function findDataPath(path: string, begunIn: string | null): Promise<string> {
  if (begunIn === null || isAbsolute(path)) return path
  const meant = join(begunIn, path)
  return (await isThere(zipPath(meant)?.archive ?? meant)) ? meant : path
}

/** Reads what the recipe of a run names; see `findDataPath`. */
export function dataReaderOf(begunIn: string | null): ReadDataFile {
  const found = async <Value>(path: string, read: (path: string) => Promise<Value>): Promise<Value> => {
    try {
      return await read(await findDataPath(path, begunIn))
    } catch (error) {
      throw isAbsolute(path) ? error : withPlaces(error, path, begunIn)
    }
  }
  return Object.assign((path: string) => found(path, readDataFile), {
    list: (folder: string) => found(folder, listFolder),
  })
}

/** A relative path that leads nowhere says from where. */
function withPlaces(error: unknown, path: string, begunIn: string | null): unknown {
  if (!(error instanceof InputError) || errorCode(error.cause) !== 'ENOENT') return error
  const here = resolve('.')
  const places =
    begunIn === null || begunIn === here ? here : `${begunIn}, where the run was started, or in ${here}`
  return new InputError(
    {
      who: path,
      expected: error.expected,
      got: `no file of that name in ${places}`,
      hint: 'The path is relative: put the file there, or run the command in the folder it refers to.',
    },
    { cause: error.cause },
  )
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
