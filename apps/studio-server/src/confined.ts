/** Files of one folder and nothing outside it, whatever links lie in there. */
import type { FileHandle } from 'node:fs/promises'
import { lstat, readdir, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { errorCode, fileError, openRegularFile } from '@tiny-recursive-models/trm/node'

export type Kind = 'file' | 'folder' | 'other' | 'outside' | 'missing'

/** A thing in the folder, with its true path. */
export interface Found {
  readonly kind: Kind
  readonly path: string
}

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
  async look(...names: readonly string[]): Promise<Found> {
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

  /**
   * What lies in a folder, by name, in the order of the names: what `look` says of each, at the price of one.
   *
   * @param path the true path of a folder inside this one, by `look` or `list`
   */
  async list(path: string = this.path): Promise<ReadonlyMap<string, Found>> {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw fileError(error, path, 'a folder of runs')
    })
    const found = entries.map(async (entry): Promise<readonly [string, Found]> => {
      const inside = join(path, entry.name)
      if (entry.isSymbolicLink()) return [entry.name, await this.look(relative(this.path, inside))]
      return [
        entry.name,
        { kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other', path: inside },
      ]
    })
    return new Map((await Promise.all(found)).sort(([one], [other]) => (one < other ? -1 : 1)))
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
