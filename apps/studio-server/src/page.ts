/**
 * The built page. Its files are listed once and looked up by name: what is not in the list cannot be asked for,
 * however the path is written. Ready-made servers of folders look at the disk for each path, and follow links.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/trm'
import { fileError } from '@tiny-recursive-models/trm/node'
import { getMimeType } from 'hono/utils/mime'
import { ConfinedFolder } from './confined.ts'

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** A name with a hash of the content in it, as Vite writes them: the same name is the same content for ever. */
const hashedName = /^assets\/.*-[\w-]{8}\.\w+$/

export interface PageFile {
  /** From the folder on, such as `assets/index-a1b2c3d4.js`. */
  readonly name: string
  readonly contentType: string
  readonly cacheControl: string
  readonly contentEncoding: string | null
  /** Where the content lies, for `open`. */
  readonly stored: string
}

export class StudioPage {
  readonly #folder: ConfinedFolder
  #names: ReadonlySet<string>

  private constructor(folder: ConfinedFolder, names: ReadonlySet<string>) {
    this.#folder = folder
    this.#names = names
  }

  static async open(path: string): Promise<StudioPage> {
    const folder = await ConfinedFolder.open(path)
    const names = new Set(await listFiles(folder.path))
    if (!names.has('index.html')) {
      throw new InputError({
        who: path,
        expected: 'the built page (with index.html)',
        got: 'a folder without it',
        hint: 'Build the page first: `npm run build` in apps/studio.',
      })
    }
    return new StudioPage(folder, names)
  }

  /** The file for a decoded path, compressed where that is stored and accepted; null where there is none. */
  async find(path: string, acceptEncoding: string | undefined): Promise<PageFile | null> {
    const name = path === '/' ? 'index.html' : path.slice(1)
    // The page may have been built anew meanwhile.
    if (name === 'index.html') this.#names = new Set(await listFiles(this.#folder.path))
    if (!this.#names.has(name)) return null
    const found = encodings.find(
      ([encoding, ending]) => this.#names.has(name + ending) && accepts(acceptEncoding, encoding),
    )
    return {
      name,
      contentType: getMimeType(name) ?? 'application/octet-stream',
      cacheControl: hashedName.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      contentEncoding: found?.[0] ?? null,
      stored: name + (found?.[1] ?? ''),
    }
  }

  open(file: PageFile) {
    return this.#folder.openFile(...file.stored.split('/'))
  }
}

/** Regular files by their names from the folder on; no hidden ones, no links. */
async function listFiles(folder: string, above = ''): Promise<string[]> {
  const names: string[] = []
  try {
    for (const entry of await readdir(join(folder, above), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) names.push(...(await listFiles(folder, `${above}${entry.name}/`)))
      else if (entry.isFile()) names.push(above + entry.name)
    }
  } catch (error) {
    throw fileError(error, join(folder, above), 'the folder of the built page')
  }
  return names
}

/** Whether an Accept-Encoding header names the encoding and does not refuse it by q=0. */
function accepts(header: string | undefined, encoding: string): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name, ...settings] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return name === encoding && !settings.some((setting) => /^q=0(\.0*)?$/.test(setting))
  })
}
