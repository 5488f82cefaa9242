import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One import of one file: a file of the repository, or a package. */
export interface Import {
  readonly from: string
  /** Path from the root of the repository, or the name of a package. */
  readonly to: string
}

/** Source texts by path from the root of the repository. */
export type Sources = ReadonlyMap<string, string>

const root = fileURLToPath(new URL('../../../../', import.meta.url))

const comments = /^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$|<!--[\s\S]*?-->/gm
/** `import a, { b } from 'c'`, `export { a } from 'c'`, `export * from 'c'`, `import 'c'` */
const statement = /^[ \t]*(?:import|export)\s+(?:(?:type\s+)?[\w$*{},\s]+?\s*from\s*)?'([^']+)'/gm
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g

/** The TypeScript files and pages' components of every package and app, without tests. */
export function readSources(): Sources {
  const folders = [...childrenOf('packages'), ...childrenOf('apps'), 'bench'].map((folder) => `${folder}/src`)
  const paths = folders.flatMap((folder) => {
    const names = list(folder, { recursive: true })
    return names
      .filter((name) => /\.(?:ts|svelte)$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
  })
  return new Map(paths.sort().map((path) => [path, withoutComments(readFileSync(root + path, 'utf8'))]))
}

function childrenOf(folder: string): string[] {
  return list(folder, { recursive: false }).map((name) => `${folder}/${name}`)
}

/** Names in a folder; an app need not have sources yet. */
function list(folder: string, options: { recursive: boolean }): string[] {
  try {
    return readdirSync(root + folder, { ...options, encoding: 'utf8' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return []
    throw error
  }
}

export function withoutComments(text: string): string {
  return text.replace(comments, '')
}

/** Every import of every file. */
export function importsOf(sources: Sources): Import[] {
  return [...sources].flatMap(([from, text]) => {
    const resolved = (name: string) =>
      name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), name)) : name
    const fixed = [...text.matchAll(statement)].map(([, name]) => ({
      from,
      to: resolved(name!),
    }))
    const later = [...text.matchAll(dynamic)].map(([, name]) => ({
      from,
      to: resolved(name!),
    }))
    return [...fixed, ...later]
  })
}

/** Circles of files that need each other, for types too, each as `a → b → a`. */
export function importCycles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
  const cycles: string[] = []
  const finished = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) cycles.push([...path.slice(start), file].join(' → '))
    if (start >= 0 || finished.has(file)) return
    for (const target of targets.get(file) ?? []) visit(target, [...path, file])
    finished.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return cycles
}
