/** Data files of recipes, from the disk. */
import { readdir } from 'node:fs/promises'
import type { ReadDataFile } from '../puzzles/load.ts'
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

/** For `loadDataSets`. */
export const readDataFile: ReadDataFile = Object.assign(
  (path: string) => readFileBounded(path, { maximumBytes: maximumDataBytes }),
  { list: listFolder },
)
