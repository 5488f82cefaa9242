import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { findRecipe } from '@tiny-recursive-models/trm'
import { openChromium, skipWithoutChromium } from '../chromium.ts'
import { examplesOf } from '../examples.ts'
import { publicSurface } from '../public-surface.ts'
import { serveFolder } from '../static-server.ts'
import { type InstalledPackages, installPacked, repository, run } from './install.ts'

const packages = await installPacked()
if (typeof packages === 'string') test('the packed packages', { skip: packages }, () => undefined)
else {
  after(() => packages.remove())
  testPackages(packages)
}

/** The first block of code of a language in a document: what it shows is what is tested. */
const exampleOf = (document: string, language: string): string =>
  examplesOf(document, language)[0] ?? assert.fail(`${document} has no example in ${language}`)

const tool = (path: string): string => join(repository, 'node_modules', path)

function testPackages({ project, installWithScripts }: InstalledPackages): void {
  test('the packed packages solve a puzzle in Node by the lines of their README', async () => {
    const folder = project('node', { 'solve.js': exampleOf('packages/trm/README.md', 'js') })
    const { code, stdout, stderr } = await run(folder, process.execPath, 'solve.js')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^step 1: (solved|not yet)\n/)
    assert.match(stdout, /^step 4: solved\n 2 [1-6] 5 \| [1-6]/m)
  })

  test('the packed packages open every entry in Node, with all that it exports', async () => {
    const entries = ['packages/tensor', 'packages/trm']
      .flatMap(publicSurface)
      .filter(({ name }) => !name.includes('/browser'))
      .map(({ name, exports }) => [name, exports.filter(({ isValue }) => isValue).map((one) => one.name)])
    const folder = project('entries', {
      'open.js': `
        const opened = []
        for (const [name] of ${JSON.stringify(entries)})
          opened.push([name, Object.keys(await import(name)).sort()])
        console.log(JSON.stringify(opened))`,
    })
    const { code, stdout, stderr } = await run(folder, process.execPath, 'open.js')
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), entries)
  })

  test('the packed packages bring trm, which solves, and trains in a thread', async () => {
    const folder = project('trm')
    const trm = (...words: string[]) => run(folder, 'npx', '--no-install', 'trm', ...words)
    const { version } = JSON.parse(readFileSync(join(repository, 'apps/cli/package.json'), 'utf8'))
    assert.equal((await trm('--version')).stdout, `${version}\n`)
    const solved = await trm('solve', 'generated', '--model', 'sudoku-4x4')
    assert.match(solved.stdout, /solved after 6 steps: a valid solution\n$/, solved.stderr)
    const short = ['training.steps=3', 'optimizer.warmupSteps=1'].flatMap((change) => ['--set', change])
    const trained = await trm('train', 'sudoku-4x4', ...short, '--json')
    assert.equal(trained.code, 0, trained.stderr)
    assert.equal(trained.stdout.match(/^{"type":"step"/gm)?.length, 3)
    const report = join(folder, 'runs', 'sudoku-4x4-0', 'report.json')
    assert.equal(JSON.parse(readFileSync(report, 'utf8')).machine.onnxruntime, '1.30.0')
  })

  test('the packed packages install where the script of onnxruntime-node cannot reach NuGet', async () => {
    const { folder, outcome } = await installWithScripts()
    assert.equal(outcome.code, 0, outcome.stderr)
    const trm = (...words: string[]) => run(folder, 'npx', '--no-install', 'trm', ...words)
    const puzzle = ['solve', '..1.3....32.12.4']
    const solved = /solved after 6 steps: a valid solution\n$/
    assert.match((await trm(...puzzle, '--executor', 'wasm')).stdout, solved)
    if (!existsSync(join(folder, 'node_modules/onnxruntime-node'))) {
      // On Linux x64 the script fails, and npm leaves the package out.
      assert.match((await trm(...puzzle)).stdout, solved)
      const { code, stderr } = await trm(...puzzle, '--executor', 'onnxruntime')
      assert.equal(code, 1)
      assert.match(stderr, /Run `npm install --ignore-scripts`/)
      const added = await run(folder, 'npm', 'install', '--prefer-offline', '--ignore-scripts')
      assert.equal(added.code, 0, added.stderr)
    }
    assert.match((await trm(...puzzle, '--executor', 'onnxruntime')).stdout, solved)
  })

  test('the packed packages serve the studio from the page that is packed with them', async () => {
    const folder = project('studio')
    const launcher = join(folder, '../node_modules/@tiny-recursive-models/cli/bin/trm.js')
    const child = spawn(process.execPath, [launcher, 'studio', '--port', '0', '--json'], { cwd: folder })
    const exited = once(child, 'exit')
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const { url } = JSON.parse(line) as { url: string }
    const page = await fetch(url)
    assert.equal(page.status, 200)
    const script = /src="([^"]+\.js)"/.exec(await page.text())
    assert.ok(script, 'the page has a script')
    assert.equal((await fetch(new URL(script[1]!, url))).status, 200)
    child.kill('SIGINT')
    assert.deepEqual((await exited)[0], 0)
  })

  test('the packed packages have declarations that a strict compiler takes whole', async () => {
    const folder = project('types', {
      'node.ts': `
        import { findRecipe, overrideRecipe, think, type Thought } from '@tiny-recursive-models/trm'
        import { parseSudoku } from '@tiny-recursive-models/trm/puzzles/sudoku'
        import { openExecutor, openShippedModel } from '@tiny-recursive-models/trm/node'
        import { add, trace } from '@tiny-recursive-models/tensor'
        const { model } = await openShippedModel('sudoku-4x4')
        const thoughts: Thought[] = []
        for await (const thought of think(await openExecutor({ threads: 1 }), model, parseSudoku('1').tokens))
          thoughts.push(thought)
        export const steps: number = thoughts.length + overrideRecipe(findRecipe('sudoku-4x4'), []).training.steps
        export const program = trace('one', { feeds: { x: { shape: [1], dtype: 'float32' } }, states: {} },
          ({ feeds }) => ({ outputs: { y: add(feeds.x, 1) } }))
        // @ts-expect-error a step is a number
        export const wrong: string = thoughts[0]?.step ?? 1`,
      'page.ts': `
        import { createModelWorker, ModelClient } from '@tiny-recursive-models/trm/browser'
        import { parseShippedModels, shippedModelFor } from '@tiny-recursive-models/trm'
        import { parseMaze } from '@tiny-recursive-models/trm/puzzles/maze'
        export const walls: Int32Array = parseMaze('S.E').tokens
        const client = await ModelClient.connect(createModelWorker(), { device: 'webgpu' })
        const model = await client.open(new Uint8Array(), 'none')
        for await (const { answer } of client.think(model, new Int32Array(16))) console.log(answer.length)
        export const file: string = shippedModelFor(parseShippedModels({}), { puzzle: 'maze', size: 7 }).file
        // @ts-expect-error no such device
        await ModelClient.connect(createModelWorker(), { device: 'tpu' })`,
    })
    // Types of Node and of WebGPU are the consumer's own; everything else comes with the packages.
    const settings = ['--noEmit', '--strict', '--target', 'es2023', '--typeRoots', tool('@types')]
    const tsc = (...words: string[]) =>
      run(folder, process.execPath, tool('typescript/bin/tsc'), ...settings, ...words)
    const [node, page] = await Promise.all([
      tsc('--module', 'nodenext', '--types', 'node', 'node.ts'),
      tsc(
        '--module',
        'esnext',
        '--moduleResolution',
        'bundler',
        '--lib',
        'es2023,dom',
        '--types',
        '',
        'page.ts',
      ),
    ])
    assert.equal(`${node.stdout}${page.stdout}`, '')
  })

  test('the packed packages solve a puzzle in a page built by Vite without configuration', {
    skip: skipWithoutChromium(),
  }, async () => {
    const folder = project('page', {
      'index.html': `<link rel="icon" href="data:,">${exampleOf('docs/browser.md', 'html')}`,
      'main.js': exampleOf('docs/browser.md', 'js'),
    })
    const built = await run(folder, process.execPath, tool('vite/bin/vite.js'), 'build', '--base', './')
    assert.equal(built.code, 0, built.stderr)
    assert.ok(existsSync(join(folder, 'dist/index.html')))
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:"
    const headers = { 'Content-Security-Policy': policy }
    const steps = findRecipe('sudoku-6x6').model.supervisionSteps
    const browser = await openChromium()
    try {
      for (const isolated of [true, false]) {
        const server = await serveFolder(join(folder, 'dist'), { isolated, headers, base: '/some/where/' })
        try {
          const page = await browser.newPage()
          const faults: string[] = []
          page.on('pageerror', ({ message }) => faults.push(message))
          page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
          await page.goto(server.url)
          const answer = page.locator('#answer', { hasText: `step ${steps}` })
          await answer.waitFor({ timeout: 120_000 }).catch((error) => faults.push(String(error)))
          assert.deepEqual(faults, [])
          const text = (await answer.textContent()) ?? ''
          assert.match(text, /^wasm, 1 thread\n/)
          assert.match(
            text,
            new RegExp(`^step ${steps}: solved, predicts it is correct: \\d+ %\n 2 [1-6] 5 \\| [1-6]`, 'm'),
          )
          assert.equal(await page.evaluate('crossOriginIsolated'), isolated)
          const loaded = server.requests.filter((line) => /\.wasm|\/ort[.-]/.test(line))
          assert.deepEqual(loaded, [], 'nothing of ONNX Runtime')
          await page.close()
        } finally {
          // A server that goes on listening would keep this file, and all tests, from ending.
          await server.close()
        }
      }
    } finally {
      await browser.close()
    }
  })
}
