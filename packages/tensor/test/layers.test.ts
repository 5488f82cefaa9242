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

const belowPrograms = ['format', 'models', 'optim', 'data', 'settings', 'puzzles', 'recipes', 'checkpoint']

/**
 * What the files of each folder may import besides their own folder. The order is the order of building: a folder
 * is below all that may import it. `index`, `node` and `browser` are entry points and may import everything of
 * their package. An app without a table of its own is one folder.
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
    programs: belowPrograms,
    evaluate: [...belowPrograms, 'programs'],
    train: [...belowPrograms, 'programs', 'evaluate'],
    export: [...belowPrograms, 'programs', 'evaluate', 'train'],
    shipped: ['data', 'settings', 'puzzles', 'recipes'],
  },
  'apps/cli': {
    output: [],
    'studio-page': [],
    devices: ['output'],
    options: ['output'],
    puzzles: ['output', 'options'],
    arc: ['output', 'options', 'puzzles'],
    commands: ['output', 'studio-page', 'devices', 'options', 'puzzles', 'arc'],
    program: ['commands'],
    run: ['output', 'program'],
    main: ['output', 'run'],
  },
  'apps/studio': {
    lib: [],
    styles: [],
    puzzles: ['lib'],
    grid: ['lib', 'puzzles'],
    charts: ['lib'],
    arc: ['lib', 'puzzles', 'grid'],
    think: ['lib', 'puzzles', 'grid', 'arc'],
    runs: ['lib', 'puzzles', 'grid', 'charts'],
    train: ['lib', 'puzzles', 'grid', 'charts'],
    pages: ['lib', 'puzzles', 'grid', 'charts', 'arc', 'think', 'runs', 'train'],
    worker: ['lib', 'puzzles'],
    'service-worker': [],
    App: ['lib', 'pages'],
    main: ['lib', 'styles', 'App'],
  },
}

const entries = ['index', 'node', 'browser']
const platforms = ['node', 'browser']
const tensorPackage = '@tiny-recursive-models/tensor'

/** `packages/trm/src/data/npy.ts` → package `packages/trm`, folder `data`; a loose file is a folder of its own. */
function placeOf(path: string): { owner: string; folder: string } {
  const [owner, inside] = path.split('/src/') as [string, string]
  return { owner, folder: inside.split('/')[0]!.replace(/\.(?:ts|svelte)$/, '') }
}

const isApp = (owner: string): boolean => !owner.startsWith('packages/')
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
  if (here.folder === there.folder || !(here.owner in layers)) return true
  if (isApp(here.owner)) return (layers[here.owner]![here.folder] ?? []).includes(there.folder)
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
      return !(owner in layers) || (!isApp(owner) && entries.includes(folder)) || folder in layers[owner]!
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
    const missing = imports.filter(
      ({ to }) => to.includes('/src/') && /\.(?:ts|svelte)$/.test(to) && !sources.has(to),
    )
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

  test('circles, those of types too', () => {
    const circle = (first: string): string[] =>
      importCycles(
        importsOf(sourcesOf({ 'x/src/a.ts': first, 'x/src/b.ts': "import { a } from './a.ts'\n" })),
      )
    const found = ['x/src/a.ts → x/src/b.ts → x/src/a.ts']
    assert.deepEqual(circle("import { b } from './b.ts'\n"), found)
    assert.deepEqual(circle("import type { B } from './b.ts'\n"), found)
    assert.deepEqual(circle("import { c } from './c.ts'\n"), [])
  })

  test('imports of components, and the inside of apps', () => {
    const card = 'apps/studio/src/charts/Card.svelte'
    const script = (from: string): string =>
      `<script lang="ts">\n  import Setup from '${from}'\n</script>\n<Setup />\n`
    assert.deepEqual(wrong(card, script('../train/Setup.svelte')), [
      `${card} imports apps/studio/src/train/Setup.svelte`,
    ])
    assert.deepEqual(wrong(card, script('../lib/Icon.svelte')), [])
    assert.equal(wrong('apps/studio/src/grid/a.ts', "import type { A } from '../think/a.ts'\n").length, 1)
    assert.equal(wrong('apps/cli/src/output/a.ts', "import { a } from '../commands/train.ts'\n").length, 1)
  })

  test('no import in a comment', () => {
    assert.deepEqual(
      wrong('packages/trm/src/data/a.ts', "/**\nimport 'node:fs'\n */\n// import 'node:fs'\n"),
      [],
    )
  })
})
