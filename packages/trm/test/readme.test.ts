import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { examplesOf, printedBy } from '../../../testing/examples.ts'
import { repository } from '../../../testing/packed/install.ts'

const [inNode, inPage, ...others] = examplesOf('packages/trm/README.md', 'js')

test('the README solves a puzzle in Node', async () => {
  assert.match(
    await printedBy(inNode!),
    /^step 1: (solved|not yet)\n[\s\S]*^step \d+: solved\n 2 [1-6] 5 \| [1-6]/m,
  )
})

test('the README shows the page of docs/browser.md, which testing/packed builds and opens', () => {
  assert.equal(inPage, examplesOf('docs/browser.md', 'js')[0])
  assert.deepEqual(examplesOf('packages/trm/README.md', 'html'), [examplesOf('docs/browser.md', 'html')[0]])
  assert.deepEqual(others, [])
})

test('the README of the project solves a hard Sudoku in several steps', async () => {
  const [block, ...more] = examplesOf('README.md', 'js')
  assert.deepEqual(more, [])
  const steps = (await printedBy(block!)).trimEnd().split('\n')
  for (const line of steps) assert.match(line, /^\d+ [1-9]{81} (solved|\d+ contradictions)$/)
  assert.match(steps[0]!, /contradictions$/)
  assert.match(steps.at(-1)!, / solved$/)
})

test('the README of the project has at most 120 lines', () => {
  assert.ok(readFileSync(join(repository, 'README.md'), 'utf8').trimEnd().split('\n').length <= 120)
})

const runs = mkdtempSync(join(tmpdir(), 'trm-library-'))
after(() => rmSync(runs, { recursive: true, force: true }))

test('docs/library.md trains, evaluates and thinks', async () => {
  const blocks = examplesOf('docs/library.md', 'js').map((code) =>
    code.replaceAll("'runs/mine'", JSON.stringify(join(runs, 'mine'))),
  )
  assert.equal(blocks.length, 4)
  const [training, evaluation, thoughts, inside] = blocks as [string, string, string, string]
  const trained = await printedBy(training)
  assert.equal(trained.match(/^\d+ \d+\.\d+$/gm)?.length, 200)
  const share = Number(/^test (\S+)$/m.exec(trained)?.[1])
  assert.ok(share > 0.9, `test ${share}`)
  const [exact, steps] = (await printedBy(evaluation)).split(' ').map(Number)
  assert.ok(exact! > 0.9 && steps! >= 1, `${exact} ${steps}`)
  assert.match(await printedBy(thoughts), /^1 [1-4]{16} 0\.\d+\n2 /)
  assert.match(await printedBy(`${thoughts}\n${inside}`), /^1 1 \w+ \w+ [1-4]{16}$/m)
})

/** Paths and headings that a document links to, as `[path from the root, heading or undefined]`. */
function linksOf(document: string): (readonly [string, string | undefined])[] {
  const text = readFileSync(join(repository, document), 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
    if (/^\w+:/.test(target!)) return []
    const [path, heading] = target!.split('#')
    return [[path === '' ? document : join(dirname(document), path!), heading]]
  })
}

/** Headings as they are linked to: lower case, a hyphen for a space, letters and digits only. */
const headingsOf = (document: string): string[] =>
  [...readFileSync(join(repository, document), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  )

test('links between documents lead somewhere', () => {
  const docs = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'))
  const documents = ['README.md', 'examples/README.md', ...docs.map((name) => `docs/${name}`)]
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter(([path, heading]) => {
        if (!existsSync(join(repository, path))) return true
        return heading !== undefined && !headingsOf(path).includes(heading)
      })
      .map((link) => `${document}: ${link.join('#')}`),
  )
  assert.deepEqual(broken, [])
})

test('every document is linked from the README of the project', () => {
  const linked = linksOf('README.md').map(([path]) => path)
  const docs = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'))
  assert.deepEqual(
    docs.filter((name) => !linked.includes(`docs/${name}`)),
    [],
  )
})
