/** Output paths, tried before the work whose result they shall hold. */
import { lstat, mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { fileError } from './file-errors.ts'
import { refuseUnlessRegular } from './files.ts'

/**
 * Throws if a file could not be written later. Nothing is left behind, and an existing file is not touched.
 *
 * @param replace false: a file that is there is refused too
 * @throws InputError
 */
export async function tryOutputFile(path: string, { replace }: { readonly replace: boolean }): Promise<void> {
  const expected = 'a file that can be written'
  try {
    await refuseUnlessRegular(path)
    if (!replace && (await isThere(path))) throw fileIsThere(path)
    await tryFolder(dirname(path))
  } catch (error) {
    throw fileError(error, path, expected)
  }
}

/**
 * Throws where no file could be written into a folder, which need not be there yet.
 *
 * @throws InputError
 */
export async function tryOutputFolder(path: string): Promise<void> {
  let above = resolve(path)
  while (!(await isThere(above)) && dirname(above) !== above) above = dirname(above)
  try {
    if (!(await stat(above)).isDirectory()) throw Object.assign(new Error('a file'), { code: 'ENOTDIR' })
    await tryFolder(above)
  } catch (error) {
    throw fileError(error, path, 'a folder that can be written')
  }
}

/** Permissions alone do not tell: a disk may be read-only, or another may own it. */
async function tryFolder(folder: string): Promise<void> {
  await rmdir(await mkdtemp(join(folder, '.trm-')))
}

/** Links count, also those that lead nowhere. */
const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

const fileIsThere = (path: string): InputError =>
  new InputError({
    who: path,
    expected: 'the name of a new file',
    got: 'a file that already exists',
    hint: 'Choose another name, or have the file replaced (`replace: true`).',
  })
