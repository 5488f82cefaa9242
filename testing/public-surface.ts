/**
 * Everything that a package exports, as text: what a test compares with the file in the repository, so that a change of
 * the public surface is seen in review. The compiler tells names, kinds and types.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Node, SyntaxKind } from 'typescript/unstable/ast'
import {
  API,
  type Checker,
  NodeBuilderFlags,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Symbol as TypeScriptSymbol,
} from 'typescript/unstable/sync'

const repository = fileURLToPath(new URL('..', import.meta.url))

export const snapshotFile = (folder: string): string => join(repository, folder, 'test/public-surface.txt')

export interface Export {
  readonly name: string
  /** Kind and type: `function elementCount(shape: Shape): number`, several lines for members. */
  readonly declaration: string
  /** Whether it is there when the program runs; types are not. */
  readonly isValue: boolean
  readonly isDescribed: boolean
}

export interface Entry {
  /** As one imports it: `@tiny-recursive-models/trm/train`. */
  readonly name: string
  /** Path of its file, absolute. */
  readonly file: string
  readonly exports: readonly Export[]
}

/** The entry points of a package, by its folder `packages/NAME`, in the order of their names. */
export function publicSurface(folder: string): readonly Entry[] {
  const api = new API({ cwd: repository })
  try {
    const settings = ['tsconfig.json', 'tsconfig.browser.json'].map((name) => join(repository, name))
    const projects = api.updateSnapshot({ openProjects: settings }).getProjects()
    return entryFiles(folder).map(([name, file]) => ({ name, file, exports: exportsOf(file, projects) }))
  } finally {
    api.close()
  }
}

/** Names and files of what package.json opens; a pattern opens every folder that has its file. */
function entryFiles(folder: string): [name: string, file: string][] {
  const facts = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as {
    name: string
    exports: Record<string, string>
  }
  const files = Object.entries(facts.exports).flatMap(([key, path]) =>
    key.includes('*') ? matches(folder, key, path) : [[key, path] as const],
  )
  return files
    .filter(([, path]) => path.endsWith('.ts'))
    .map(([key, path]): [string, string] => [posix.join(facts.name, key), join(repository, folder, path)])
    .sort(([left], [right]) => (left < right ? -1 : 1))
}

function matches(folder: string, key: string, path: string): (readonly [string, string])[] {
  const [above] = path.split('*') as [string]
  return readdirSync(join(repository, folder, above))
    .map((part) => [key.replace('*', part), path.replace('*', part)] as const)
    .filter(([, file]) => existsSync(join(repository, folder, file)))
}

function exportsOf(file: string, projects: readonly Project[]): Export[] {
  for (const { program, checker } of projects) {
    const source = program.getSourceFile(file)
    if (source === undefined) continue
    const module = checker.getSymbolAtLocation(source)
    const symbols = module ? checker.getExportsOfModule(module) : []
    return symbols
      .map((symbol) => describe(symbol, checker))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
  }
  throw new Error(`${file} is in no project of the compiler`)
}

const whole = NodeBuilderFlags.NoTruncation

function describe(symbol: TypeScriptSymbol, checker: Checker): Export {
  const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const { name } = symbol
  const isDescribed =
    checker.getDocumentationCommentOfSymbol(target) !== '' || checker.getJsDocTagsOfSymbol(target).length > 0
  const isValue = (target.flags & SymbolFlags.Value) !== 0
  return { name, declaration: declarationOf(name, target, checker), isValue, isDescribed }
}

function declarationOf(name: string, symbol: TypeScriptSymbol, checker: Checker): string {
  if (symbol.flags & SymbolFlags.Class) {
    const built = checker.typeToString(checker.getTypeOfSymbol(symbol)!, undefined, whole)
    return [`class ${name}`, `  ${built}`, ...membersOf(symbol, checker)].join('\n')
  }
  if (symbol.flags & SymbolFlags.Interface)
    return [`interface ${name}`, ...membersOf(symbol, checker)].join('\n')
  if (symbol.flags & SymbolFlags.TypeAlias) {
    const type = checker.getDeclaredTypeOfSymbol(symbol)
    return `type ${name} = ${checker.typeToString(type, undefined, whole | NodeBuilderFlags.InTypeAlias)}`
  }
  const type = checker.getTypeOfSymbol(symbol)!
  const isCalled = checker.getSignaturesOfType(type, SignatureKind.Call).length > 0
  // A large value, such as a family, is shown in its beginnings.
  return `${isCalled ? 'function' : 'const'} ${name}: ${checker.typeToString(type, undefined, isCalled ? whole : 0)}`
}

/** What can be reached from outside: private members, of either kind, are not among it. */
function membersOf(symbol: TypeScriptSymbol, checker: Checker): string[] {
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).flatMap((member) => {
    const { name, flags, valueDeclaration } = member
    const declared = valueDeclaration?.resolve() as { readonly modifiers?: readonly Node[] } | undefined
    const isPrivate = declared?.modifiers?.some(({ kind }) => kind === SyntaxKind.PrivateKeyword) ?? false
    if (name.startsWith('__#') || isPrivate) return []
    const type = checker.typeToString(checker.getTypeOfSymbol(member)!, undefined, whole)
    return `  ${name}${flags & SymbolFlags.Optional ? '?' : ''}: ${type}`
  })
}

/** The text of a snapshot file. */
export function formatSurface(entries: readonly Entry[]): string {
  const shorten = byName(entries)
  return entries
    .map(({ name, exports }) =>
      [`# ${name}`, '', ...exports.map(({ declaration }) => shorten(declaration)), ''].join('\n'),
    )
    .join('\n')
}

/** The compiler writes computed types out, wherever they occur: a recipe has 5,000 characters. Here they go by their names. */
function byName(entries: readonly Entry[]): (declaration: string) => string {
  const types = new Map<string, string>()
  for (const { declaration } of entries.flatMap(({ exports }) => exports)) {
    const [, name, type] = /^type (\w+) = (.{60,})$/.exec(declaration) ?? []
    if (name && type && !types.has(type)) types.set(type, name)
  }
  const longestFirst = [...types].sort(([left], [right]) => right.length - left.length)
  return (declaration) => {
    const own = /^type \w+ = /.exec(declaration)?.[0] ?? ''
    return longestFirst.reduce(
      (text, [type, name]) => (own + type === declaration ? text : text.replaceAll(type, name)),
      declaration,
    )
  }
}

/** Tests of a package, by its folder `packages/NAME`. */
export function testPublicSurface(folder: string): void {
  const entries = publicSurface(folder)

  test('exports are those of the snapshot; `npm run surface` renews it after a change that is meant', () => {
    const now = formatSurface(entries).split('\n')
    const stored = readFileSync(snapshotFile(folder), 'utf8').split('\n')
    const added = now.filter((line) => !stored.includes(line))
    const removed = stored.filter((line) => !now.includes(line))
    assert.deepEqual({ added, removed }, { added: [], removed: [] })
    assert.deepEqual(now, stored)
  })

  test('every export has a description', () => {
    const silent = entries.flatMap(({ name, exports }) =>
      exports.filter(({ isDescribed }) => !isDescribed).map((one) => `${name}: ${one.name}`),
    )
    assert.deepEqual(silent, [])
  })

  test('no entry exports whatever another file has', () => {
    const open = entries.filter(({ file }) => /^export (type )?\*/m.test(readFileSync(file, 'utf8')))
    assert.deepEqual(open, [])
  })
}
