/** Data files of recipes, from the disk. */
import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import type { ReadDataFile } from '../data/parts.ts'
import { errorCode, fileError } from './file-errors.ts'
import { readFileBounded } from './files.ts'

/** The largest data file that is read; the published ones are below. */
export const maximumDataBytes = 2 ** 32

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    throw fileError(error, folder, 'a folder that can be read')
  }
}

/** What is piped in, once: a second reader gets the same bytes. */
let piped: Promise<Uint8Array> | undefined

async function readPiped(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    total += chunk.length
    if (total > maximumDataBytes) {
      throw new InputError({
        who: '- (standard input)',
        expected: `at most ${maximumDataBytes} bytes`,
        got: 'more',
        hint: 'Give a smaller file.',
      })
    }
  }
  return Buffer.concat(chunks)
}

/** For `loadDataSets`; the path `-` is what is piped in. */
export const readDataFile: ReadDataFile = Object.assign(
  (path: string) => {
    if (path !== '-') return readFileBounded(path, { maximumBytes: maximumDataBytes })
    piped ??= readPiped()
    return piped
  },
  { list: listFolder },
)

/**
 * Where a file or folder that a run names lies. A relative path is meant from the folder in which the run was begun; if
 * it is not there, as on another machine, from the present one.
 *
 * @param begunIn null where it is not known
 */
export async function findDataPath(path: string, begunIn: string | null): Promise<string> {
  if (begunIn === null || isAbsolute(path)) return path
  const meant = join(begunIn, path)
  return (await isThere(meant)) ? meant : path
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
    begunIn === null || begunIn === here ? here : `${begunIn}, where the run was begun, or in ${here}`
  return new InputError(
    {
      who: path,
      expected: error.expected,
      got: `nothing of that name in ${places}`,
      hint: 'The path is relative: put the file there, or start in the folder that it is meant from.',
    },
    { cause: error.cause },
  )
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
