import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Import,
  importCycles,
  importsOf,
  readSources,
  type Sources,
  withoutComments,
} from './support/imports.ts'

/**
 * What the files of each folder may import besides their own folder. The order is the order of building: a folder
 * is below all that may import it. `index`, `node` and `browser` are entry points and may import everything of
 * their package.
 */
const layers: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'packages/tensor': {
    errors: [],
    random: ['errors'],
    graph: ['errors'],
    ops: ['errors', 'graph'],
    autodiff: ['errors', 'graph', 'ops'],
    onnx: ['errors', 'graph', 'ops', 'autodiff'],
    executors: ['errors', 'graph', 'ops', 'autodiff', 'onnx'],
    runtime: ['errors', 'graph', 'ops', 'autodiff', 'onnx', 'executors'],
  },
  'packages/trm': {
    format: [],
    models: [],
    optim: ['models'],
    data: ['format', 'models'],
    settings: ['data'],
    puzzles: ['format', 'models', 'data', 'settings'],
    recipes: ['models', 'optim', 'data', 'settings', 'puzzles'],
    checkpoint: ['models', 'optim', 'data', 'settings', 'puzzles', 'recipes'],
    evaluate: ['models', 'optim', 'data', 'settings', 'puzzles', 'recipes', 'checkpoint', 'train'],
    train: ['models', 'optim', 'data', 'settings', 'puzzles', 'recipes', 'checkpoint', 'evaluate'],
    export: [
      'format',
      'models',
      'optim',
      'data',
      'settings',
      'puzzles',
      'recipes',
      'checkpoint',
      'evaluate',
      'train',
    ],
    shipped: ['data', 'settings', 'puzzles', 'recipes'],
  },
}

const entries = ['index', 'node', 'browser']
const platforms = ['node', 'browser']
const tensorPackage = '@tiny-recursive-models/tensor'

/** `packages/trm/src/data/npy.ts` → package `packages/trm`, folder `data`; `errors.ts` is a folder of its own. */
function placeOf(path: string): { owner: string; folder: string } {
  const [owner, inside] = path.split('/src/') as [string, string]
  return { owner, folder: inside.split('/')[0]!.replace(/\.ts$/, '') }
}

const isApp = (owner: string): boolean => !(owner in layers)
const isPlatform = (path: string): boolean => {
  const { owner, folder } = placeOf(path)
  return isApp(owner) || platforms.includes(folder)
}

/** Imports that point the wrong way, as `file imports what`. */
function wrongLayers(imports: readonly Import[]): string[] {
  return imports.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} imports ${to}`)
}

function isAllowed({ from, to }: Import): boolean {
  const here = placeOf(from)
  if (!to.includes('/src/')) return isPackageAllowed(here.owner, to, isPlatform(from))
  const there = placeOf(to)
  if (here.owner !== there.owner) return false // packages are imported by name
  if (isApp(here.owner) || here.folder === there.folder) return true
  if (platforms.includes(there.folder)) return false
  return entries.includes(here.folder) || (layers[here.owner]![here.folder] ?? []).includes(there.folder)
}

function isPackageAllowed(owner: string, name: string, onPlatform: boolean): boolean {
  if (name.startsWith('node:') || name === 'onnxruntime-node' || name === 'onnxruntime-web') return onPlatform
  if (!name.startsWith('@tiny-recursive-models/') || isApp(owner)) return true
  if (owner !== 'packages/trm') return false
  const [, entry] = name.split(`${tensorPackage}/`)
  return name === tensorPackage || (entry !== undefined && (onPlatform || !platforms.includes(entry)))
}

/** Files outside the platforms' places that use what only Node has. */
function platformGlobals(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const used = isPlatform(path) ? null : /\b(?:process|Buffer|__dirname)\b(?=[.(\]])/.exec(text)
    return used ? [`${path} uses ${used[0]}`] : []
  })
}

const sources = readSources()
const imports = importsOf(sources)

describe('sources', () => {
  test('imports point one way', () => assert.deepEqual(wrongLayers(imports), []))

  test('every folder has its layer', () => {
    const known = (path: string): boolean => {
      const { owner, folder } = placeOf(path)
      return isApp(owner) || entries.includes(folder) || folder in layers[owner]!
    }
    assert.deepEqual(
      [...sources.keys()].filter((path) => !known(path)),
      [],
    )
  })

  test('only node, browser and the apps touch a platform', () =>
    assert.deepEqual(platformGlobals(sources), []))

  test('no circles of imports', () => assert.deepEqual(importCycles(imports), []))

  test('imports name files that exist', () => {
    const missing = imports.filter(({ to }) => to.includes('/src/') && to.endsWith('.ts') && !sources.has(to))
    assert.deepEqual(missing, [])
  })
})

describe('the rules see', () => {
  const sourcesOf = (files: Record<string, string>): Sources =>
    new Map(Object.entries(files).map(([path, text]) => [path, withoutComments(text)]))
  const wrong = (path: string, text: string): string[] => wrongLayers(importsOf(sourcesOf({ [path]: text })))

  test('an import of a higher layer, also of a type', () => {
    assert.deepEqual(wrong('packages/tensor/src/graph/a.ts', "import type { B } from '../ops/b.ts'\n"), [
      'packages/tensor/src/graph/a.ts imports packages/tensor/src/ops/b.ts',
    ])
    assert.equal(wrong('packages/trm/src/data/a.ts', "export * from '../train/loop.ts'\n").length, 1)
    assert.equal(
      wrong('packages/tensor/src/random/a.ts', "import {\n  b,\n  c,\n} from '../graph/b.ts'\n").length,
      1,
    )
    assert.equal(wrong('packages/tensor/src/ops/a.ts', "import { b } from '../graph/b.ts'\n").length, 0)
  })

  test('a platform in a portable file, also imported later', () => {
    assert.equal(
      wrong('packages/trm/src/data/a.ts', "import { readFile } from 'node:fs/promises'\n").length,
      1,
    )
    assert.equal(
      wrong('packages/trm/src/data/a.ts', "const files = await import('../node/files.ts')\n").length,
      1,
    )
    assert.equal(wrong('packages/trm/src/index.ts', "export { files } from './node/files.ts'\n").length, 1)
    assert.equal(
      wrong('packages/trm/src/data/a.ts', "import '@tiny-recursive-models/tensor/node'\n").length,
      1,
    )
    assert.equal(
      wrong('packages/trm/src/node/a.ts', "import { readFile } from 'node:fs/promises'\n").length,
      0,
    )
    const globals = platformGlobals(sourcesOf({ 'packages/trm/src/data/a.ts': 'const b = process.env\n' }))
    assert.deepEqual(globals, ['packages/trm/src/data/a.ts uses process'])
  })

  test('a package that is higher, or entered by its files', () => {
    assert.equal(
      wrong('packages/tensor/src/graph/a.ts', "import { b } from '@tiny-recursive-models/trm'\n").length,
      1,
    )
    assert.equal(
      wrong('packages/trm/src/models/a.ts', "import { b } from '../../../tensor/src/errors.ts'\n").length,
      1,
    )
  })

  test('circles, but not those of types', () => {
    const circle = (first: string): string[] =>
      importCycles(
        importsOf(sourcesOf({ 'x/src/a.ts': first, 'x/src/b.ts': "import { a } from './a.ts'\n" })),
      )
    assert.deepEqual(circle("import { b } from './b.ts'\n"), ['x/src/a.ts → x/src/b.ts → x/src/a.ts'])
    assert.deepEqual(circle("import type { B } from './b.ts'\n"), [])
  })

  test('no import in a comment', () => {
    assert.deepEqual(
      wrong('packages/trm/src/data/a.ts', "/**\nimport 'node:fs'\n */\n// import 'node:fs'\n"),
      [],
    )
  })
})
