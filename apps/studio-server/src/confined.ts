/** Files of one folder and nothing outside it, whatever links lie in there. */
import type { FileHandle } from 'node:fs/promises'
import { lstat, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { errorCode, fileError, openRegularFile } from '@tiny-recursive-models/trm/node'

export type Kind = 'file' | 'folder' | 'other' | 'outside' | 'missing'

export class ConfinedFolder {
  /** The true path, without links. */
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async open(path: string): Promise<ConfinedFolder> {
    try {
      return new ConfinedFolder(await realpath(path))
    } catch (error) {
      throw fileError(error, path, 'a folder')
    }
  }

  /** What lies there, and its true path. A link is what it leads to, if that is inside the folder. */
  async look(...names: readonly string[]): Promise<{ readonly kind: Kind; readonly path: string }> {
    const asked = join(this.path, ...names)
    try {
      const path = await realpath(asked)
      if (path !== this.path && !path.startsWith(this.path + sep)) return { kind: 'outside', path: asked }
      const facts = await lstat(path)
      return { kind: facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'other', path }
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) {
        throw fileError(error, asked, 'a file to read')
      }
      return { kind: 'missing', path: asked }
    }
  }

  /** An open file; null where there is no regular file of that name inside the folder. */
  async openFile(...names: readonly string[]): Promise<FileHandle | null> {
    const { kind, path } = await this.look(...names)
    if (kind !== 'file') return null
    try {
      return await openRegularFile(path)
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null
      throw fileError(error, path, 'a file to read')
    }
  }
}
