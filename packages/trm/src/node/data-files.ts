/** Data files of recipes, from the disk. */
import { readdir } from 'node:fs/promises'
import { InputError } from '@tiny-recursive-models/tensor'
import type { ReadDataFile } from '../data/parts.ts'
import { fileError } from './file-errors.ts'
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
