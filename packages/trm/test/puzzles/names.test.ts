import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { families } from '../../src/index.ts'
import { knownDownloads } from '../../src/node/index.ts'
import { paperColumns, recipeNames } from '../../src/recipes/index.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** What only a family itself and the list of families may name. */
const isOwn = (path: string, name: string): boolean =>
  path.startsWith(`packages/trm/src/puzzles/${name}/`) || path === 'packages/trm/src/puzzles/index.ts'

/**
 * Names of other things that have the name of a family in them: recipes (and models, which are called as theirs),
 * benchmarks of the paper, and what is published elsewhere. A recipe that is called as its family is no exception.
 */
const otherNames: readonly string[] = [
  ...recipeNames,
  ...paperColumns.map(({ benchmark }) => benchmark),
  'ARC Prize Foundation',
  ...Object.entries(knownDownloads).flatMap(([name, { name: repository }]) => [name, repository]),
]
  .filter((other) => families.every(({ name }) => name !== other))
  .sort((one, other) => other.length - one.length)

/** Among the endings of files that people use. */
const fileEndings = '|sud|sudoku|'

/** Families whose name is an ordinary word too, or part of one: only what a program can mean by it is looked for. */
const patterns: Readonly<Record<string, RegExp>> = {
  // Tables of puzzle embeddings, of results and of rows.
  table: /\btableGrid\b|\bpuzzles\/table\b|\bpuzzle(?::| [!=]==) 'table'|\bdata\.kind [!=]== 'table'/,
  // Search, architecture, march, arccos.
  arc: /\b(?:arc|ARC)\b|\barc[A-Z]|(?<![A-Z])Arc(?![a-z])/,
}

/**
 * Where the protocol of ARC joins the common ones: two votes a task, submissions, tasks of several pairs. The rest of it
 * is in files and folders of that name. Nothing may be added here without need.
 */
const joints: Readonly<Record<string, readonly string[]>> = {
  arc: [
    'apps/cli/src/commands.ts',
    'apps/cli/src/commands/data.ts',
    'apps/cli/src/commands/eval.ts',
    'apps/cli/src/output/flags.ts',
    'apps/cli/src/output/training.ts',
    'apps/studio/src/pages/Think.svelte',
    'apps/studio/src/puzzles/protocol.ts',
    'apps/studio/src/puzzles/serve.ts',
    'apps/studio/src/runs/Report.svelte',
    'apps/studio/src/think/Compare.svelte',
    'apps/studio/src/think/Copies.svelte',
    'apps/studio/src/think/Inside.svelte',
    'apps/studio/src/think/Intro.svelte',
    'apps/studio/src/think/Keep.svelte',
    'apps/studio/src/think/Moves.svelte',
    'apps/studio/src/think/Problems.svelte',
    'apps/studio/src/think/PuzzleActions.svelte',
    'apps/studio/src/think/Trajectories.svelte',
    'apps/studio/src/think/follow-address.svelte.ts',
    'apps/studio/src/think/open-file.ts',
    'apps/studio/src/think/puzzle-actions.ts',
    'apps/studio/src/think/puzzle-file.svelte.ts',
    'apps/studio/src/think/session.svelte.ts',
    'apps/studio/src/think/think-machine.ts',
    'apps/studio/src/think/think-state.ts',
    'bench/src/parity.ts',
    'packages/trm/src/evaluate/run-facts.ts',
    'packages/trm/src/node/index.ts',
    'packages/trm/src/node/run-report.ts',
  ],
}

const isNamedAfter = (path: string, name: string): boolean => {
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  return path.split('/').some((part) => new RegExp(`(?:^|-)(?:${name}|${capital})(?=[-.A-Z]|$)`).test(part))
}

const patternOf = (name: string): RegExp => patterns[name] ?? new RegExp(name, 'i')

const comments = /^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$|<!--[\s\S]*?-->|\s\/\/ .*$/gm

/** Without comments and without the names of other things. */
function codeOf(text: string): string {
  const withoutComments = text.replace(comments, '').replaceAll(fileEndings, '|')
  return otherNames.reduce(
    (code, name) => code.replace(new RegExp(`(?<![a-z])${name}(?![a-z])`, 'gi'), ''),
    withoutComments,
  )
}

/** Sources of packages, apps and measurements: code by path from the root. */
const sources: readonly (readonly [path: string, code: string])[] = [
  ...['packages', 'apps'].flatMap((folder) =>
    readdirSync(root + folder).map((name) => `${folder}/${name}/src`),
  ),
  'bench/src',
]
  .filter((folder) => existsSync(root + folder))
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  )
  .filter((path) => /\.(?:ts|svelte|html|css)$/.test(path))
  .map((path) => [path, codeOf(readFileSync(root + path, 'utf8'))])

/** Lines that name a family, as `path: line`. */
const naming = (name: string, path: string, code: string): string[] =>
  code.split('\n').flatMap((line) => (patternOf(name).test(line) ? [`${path}: ${line.trim()}`] : []))

describe('only the list of families names', () => {
  for (const { name } of families) {
    test(name, () => {
      const free = [...(joints[name] ?? [])]
      const found = sources
        .filter(([path]) => !isOwn(path, name) && !free.includes(path))
        .filter(([path]) => !(name in joints && isNamedAfter(path, name)))
        .flatMap(([path, code]) => naming(name, path, code))
      assert.deepEqual(found, [])
      const needless = free.filter((path) => {
        const code = sources.find(([known]) => known === path)?.[1] ?? ''
        return naming(name, path, code).length === 0
      })
      assert.deepEqual(needless, [], 'files that may name it and do not')
    })
  }
})

test('a name is seen in code, and not in comments or in the names of recipes', () => {
  const seen = (name: string, text: string) => naming(name, 'a.ts', codeOf(text)).length
  assert.equal(seen('sudoku', "if (family === 'sudoku') return\n"), 1)
  assert.equal(seen('sudoku', "import { solveSudoku } from './b.ts'\n"), 1)
  assert.equal(seen('maze', 'const title = `Larger Mazes`\n'), 1)
  assert.equal(seen('arc', 'const isArc = data.kind === "arc"\n'), 1)
  assert.equal(seen('table', "if (recipe.data.kind === 'table') return\n"), 1)
  assert.equal(seen('table', "import { tableGrid } from './puzzles/table/board.ts'\n"), 1)
  assert.equal(seen('sudoku', "findRecipe('sudoku-6x6') // a Sudoku\n/** Sudokus */\n"), 0)
  assert.equal(seen('maze', 'trm eval runs/maze-15x15-0 --data maze-hard-test.csv\n'), 0)
  assert.equal(seen('arc', 'const architecture = search(arccos)\n'), 0)
})

test('the data of a family’s recipes is of its own sources', () => {
  for (const { name, recipes = {}, sources } of families) {
    const kinds = sources.map(({ kind }) => kind)
    for (const [recipe, { data }] of Object.entries(recipes))
      assert.ok(kinds.includes(data.kind), `${recipe} of ${name}: ${data.kind}`)
  }
})
