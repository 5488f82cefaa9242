/** A zip archive of a folder, read like the folder. */
import { InputError } from '@tiny-recursive-models/tensor'
import { byteSize } from '../../format/index.ts'
import { isAdded } from './archive.ts'
import { readZip } from './zip-read.ts'

export interface ZipFolder {
  /** The names in a folder of the archive, sorted; `''` is the whole. */
  readonly list: (path: string) => string[]
  readonly read: (path: string) => Uint8Array
}

/** The published files are below; a small archive can announce any size. */
const mostBytes = 2 ** 30

/** `arc.zip/training/a.json` → `arc.zip` and `training/a.json`; undefined for paths without an archive. */
export function zipPath(path: string): { readonly archive: string; readonly inner: string } | undefined {
  const found = /^(.*?\.zip)(?:[/\\]+(.*))?$/is.exec(path)
  return found ? { archive: found[1]!, inner: found[2] ?? '' } : undefined
}

/**
 * Paths begin below the folders that hold all there is: `arc-main/training/a.json` in the archive is `training/a.json`,
 * and if training has no neighbour, it may be named or left out. What packing programs add does not count.
 *
 * @param who the archive, for error messages
 * @throws InputError if the bytes are no zip archive; so do `list` and `read` for what is not there
 */
export function zipFolder(bytes: Uint8Array, who: string): ZipFolder {
  const entries = readZip(bytes, who, { maxUnpacked: Number.POSITIVE_INFINITY })
  const files = [...entries.keys()].filter((name) => !isAdded(name))
  const namesIn = (folder: string): string[] => {
    const inside = files.filter((name) => name.startsWith(folder))
    return [...new Set(inside.map((name) => name.slice(folder.length).split('/')[0]!))].sort()
  }
  let root = ''
  let rootName = ''
  for (
    let names = namesIn(root);
    names.length === 1 && !entries.has(root + names[0]);
    names = namesIn(root)
  ) {
    rootName = names[0]!
    root += `${rootName}/`
  }
  const placesOf = (path: string): string[] => {
    const inner = path
      .split(/[/\\]+/)
      .filter(Boolean)
      .join('/')
    const below =
      inner === rootName ? '' : inner.startsWith(`${rootName}/`) ? inner.slice(rootName.length + 1) : inner
    return [inner, below].map((place) => root + place)
  }
  const missing = (path: string): InputError =>
    new InputError({
      who: path === '' ? who : `${who}/${path}`,
      expected: 'a place in the archive',
      got: `nothing of that name beside ${namesIn(root).slice(0, 5).join(', ')}`,
      hint: 'Name a folder or a file in the archive after it: ARCHIVE.zip/FOLDER.',
    })
  return {
    list(path) {
      for (const place of placesOf(path)) {
        const names = namesIn(place === root ? root : `${place}/`)
        if (names.length > 0) return names
      }
      throw missing(path)
    },
    read(path) {
      const entry = placesOf(path).flatMap((place) => entries.get(place) ?? [])[0]
      if (!entry) throw missing(path)
      if (entry.size <= mostBytes) return entry.read()
      throw new InputError({
        who: `${who}/${path}`,
        expected: `at most ${byteSize(mostBytes)} after unpacking`,
        got: byteSize(entry.size),
        hint: 'Unpack the archive, and name the folder.',
      })
    },
  }
}
