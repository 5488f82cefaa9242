import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { overrideRecipe, recipes } from '@tiny-recursive-models/trm'
import { listRuns, openRunFolder } from '@tiny-recursive-models/trm/node'
import { formatHash, parseHash } from '../../studio/src/lib/router.ts'
import type { ApiProblem, CurvesAnswer, RunAnswer, RunsAnswer, StudioRun } from '../src/api.ts'
import { type Studio, startStudio } from '../src/index.ts'
import { doneLine, evaluationLine, makeRun, makeWorkplace, stepLine } from './runs-folder.ts'

const place = makeWorkplace()
let studio: Studio

before(async () => {
  const finished = makeRun(place.runs, 'finished', stepLine(1) + evaluationLine(100, 0.75) + doneLine(300))
  const data = {
    kind: 'sudoku-generated',
    begunIn: place.folder,
    train: { name: 'train', count: 3, indices: [4, 5, 6] },
  }
  writeFileSync(join(finished, 'data.json'), JSON.stringify(data))
  writeFileSync(
    join(finished, 'report.json'),
    JSON.stringify({ format: 1, recipe: 'sudoku-4x4-trm', steps: 300 }),
  )
  writeFileSync(join(finished, 'best.safetensors'), Buffer.alloc(500_000, 'best '))
  for (const name of ['step-000200.safetensors', 'step-000300.safetensors', 'step-7.safetensors', 'notes'])
    writeFileSync(join(finished, 'checkpoints', name), name)
  makeRun(place.runs, 'broken', `${stepLine(1)}no event\n${stepLine(2)}`)
  makeRun(place.runs, 'half-way', stepLine(1) + evaluationLine(2, 0.5))
  mkdirSync(join(place.runs, 'no-run'))
  studio = await place.serve()
})
after(() => place.remove())

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, studio.url), init)
const json = async (path: string): Promise<unknown> => (await get(path)).json()

/** A run without the figures that `tell what a table needs` is about. */
const inShort = ({ name, recipe, step, steps, bestExactAccuracy, status, problem }: StudioRun) => ({
  ...{ name, recipe, step, steps, bestExactAccuracy, status, problem },
})

describe('runs', () => {
  test('are listed with their figures, damaged ones with what is wrong', async () => {
    const response = await get('/api/runs')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const { folder, runs } = (await response.json()) as RunsAnswer
    assert.equal(folder, 'runs')
    assert.deepEqual(runs.map(inShort), [
      {
        name: 'broken',
        recipe: null,
        step: 0,
        steps: null,
        bestExactAccuracy: null,
        status: 'damaged',
        problem:
          'broken/events.jsonl, line 2: expected an event as JSON with a type, got "no event". ' +
          'The file was changed by hand or damaged: remove this line.',
      },
      {
        name: 'finished',
        recipe: 'sudoku-4x4-trm',
        step: 300,
        steps: 300,
        bestExactAccuracy: 0.75,
        status: 'done',
        problem: null,
      },
      {
        name: 'half-way',
        recipe: 'sudoku-4x4-trm',
        step: 2,
        steps: 300,
        bestExactAccuracy: 0.5,
        status: 'stopped',
        problem: null,
      },
    ])
  })

  test('tell what a table needs: figures, and the fields in which they differ; runs of a sweep too', async () => {
    const other = makeWorkplace()
    try {
      const startLine = `${JSON.stringify({ type: 'start', step: 0, parameters: 1234 })}\n`
      const evaluated = (step: number, exact: number): string =>
        `${JSON.stringify({ type: 'evaluation', step, exactAccuracy: exact, elapsedMs: 100 * step })}\n`
      makeRun(other.runs, 'alone', startLine + evaluated(10, 0.5) + evaluated(20, 0.25))
      mkdirSync(join(other.runs, 'sweep'))
      for (const [name, width] of [
        ['w-128', 128],
        ['w-32', 32],
      ] as const) {
        const path = makeRun(join(other.runs, 'sweep'), name, evaluated(10, 0.75) + doneLine(300))
        const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [`model.width=${width}`])
        writeFileSync(join(path, 'recipe.json'), JSON.stringify(recipe))
        const accuracy = (exactAccuracy: number) => ({ exactAccuracy })
        const report = {
          format: 1,
          steps: 300,
          trainingFlop: 1e9,
          test: { full: accuracy(0.9), early: accuracy(0.8) },
        }
        writeFileSync(join(path, 'report.json'), JSON.stringify(report))
      }
      // Too deep, and hidden.
      makeRun(join(other.runs, 'sweep', 'old'), 'deep', '')
      makeRun(join(other.runs, '.trash'), 'gone', '')
      const { url } = await other.serve()
      const answer = async (path: string) => (await fetch(new URL(path, url))).json()
      const { fields, runs } = (await answer('/api/runs')) as RunsAnswer
      assert.deepEqual(fields, ['model.width'])
      assert.deepEqual(
        runs.map(({ name, settings, parameters, elapsedMs, exactAccuracy, earlyAccuracy, trainingFlop }) => [
          ...[name, ...settings, parameters, elapsedMs, exactAccuracy, earlyAccuracy, trainingFlop],
        ]),
        [
          ['alone', 64, 1234, 2000, null, null, null],
          ['sweep/w-128', 128, null, 1, 0.9, 0.8, 1e9],
          ['sweep/w-32', 32, null, 1, 0.9, 0.8, 1e9],
        ],
      )
      assert.ok(runs.every(({ begunAt, seed }) => begunAt! > 1e12 && seed === 0))
      const { curves } = (await answer('/api/curves')) as CurvesAnswer
      assert.deepEqual(curves[0], {
        name: 'alone',
        steps: [10, 20],
        seconds: [1, 2],
        exactAccuracy: [0.5, 0.25],
      })
      assert.equal(curves.length, 3)
      const details = (await answer('/api/runs/sweep%2Fw-32')) as RunAnswer
      assert.equal(details.recipe?.model.width, 32)
      for (const name of ['sweep', 'sweep%2F..%2Falone', '..%2Falone', 'sweep%2Fold%2Fdeep', '.trash%2Fgone'])
        assert.equal((await fetch(new URL(`/api/runs/${name}`, url))).status, 404, name)
      // What has not changed is not read again, and what has is.
      appendFileSync(join(other.runs, 'sweep', 'w-32', 'events.jsonl'), evaluated(400, 1))
      const again = (await answer('/api/runs')) as RunsAnswer
      assert.deepEqual(
        again.runs.map(({ bestExactAccuracy }) => bestExactAccuracy),
        [0.5, 0.75, 1],
      )
    } finally {
      await other.remove()
    }
  })

  test('say what is new when they are asked again', async () => {
    const path = makeRun(place.runs, 'growing', stepLine(1))
    const summary = async () => ((await json('/api/runs/growing')) as RunAnswer).summary
    assert.equal((await summary()).step, 1)
    const run = await openRunFolder(path)
    await run.lock()
    appendFileSync(join(path, 'events.jsonl'), stepLine(5) + evaluationLine(5, 0.25))
    assert.deepEqual(inShort(await summary()), {
      name: 'growing',
      recipe: 'sudoku-4x4-trm',
      step: 5,
      steps: 300,
      bestExactAccuracy: 0.25,
      status: 'running',
      problem: null,
    })
    await run.close()
    writeFileSync(join(path, 'events.jsonl'), stepLine(2))
    const { step, bestExactAccuracy, status } = await summary()
    assert.deepEqual([step, bestExactAccuracy, status], [2, null, 'stopped'])
    rmSync(path, { recursive: true })
    assert.equal((await get('/api/runs/growing')).status, 404)
  })

  test('show what they hold', async () => {
    const { summary, recipe, data, report, weights, checkpoints } = (await json(
      '/api/runs/finished',
    )) as RunAnswer
    assert.equal(summary.status, 'done')
    assert.equal(recipe?.model.width, 64)
    // The rows that were taken are a long list that no page shows.
    assert.deepEqual(data, { kind: 'sudoku-generated', train: { name: 'train', count: 3 } })
    assert.equal(report?.steps, 300)
    assert.deepEqual(weights, ['best'])
    assert.deepEqual(checkpoints, [300, 200])
  })

  test('that are damaged show so, and do not fail', async () => {
    const answer = (await json('/api/runs/broken')) as RunAnswer
    assert.equal(answer.summary.status, 'damaged')
    assert.deepEqual([answer.recipe, answer.report, answer.checkpoints], [null, null, []])
    writeFileSync(join(place.runs, 'half-way', 'report.json'), '{')
    const { summary, report } = (await json('/api/runs/half-way')) as RunAnswer
    assert.equal(report, null)
    assert.match(summary.problem ?? '', /^half-way\/report\.json: expected JSON/)
  })

  test('give their weights', async () => {
    const response = await get('/api/runs/finished/model/best')
    assert.equal(response.headers.get('content-length'), '500000')
    assert.equal(response.headers.get('content-type'), 'application/octet-stream')
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.alloc(500_000, 'best '))
    assert.equal(await (await get('/api/runs/finished/model/200')).text(), 'step-000200.safetensors')
    const tag = response.headers.get('etag')!
    const known = await get('/api/runs/finished/model/best', { headers: { 'if-none-match': `"x", ${tag}` } })
    assert.equal(known.status, 304)
    const head = await get('/api/runs/finished/model/best', { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '500000'])
  })

  test('give nothing else', async () => {
    const wrong = [
      'final',
      '7',
      '100',
      '-1',
      '1e2',
      'latest',
      'recipe.json',
      'best.safetensors',
      'constructor',
    ]
    for (const which of wrong) {
      const response = await get(`/api/runs/finished/model/${which}`)
      assert.equal(response.status, 404, which)
      assert.deepEqual(await response.json(), {
        who: 'run finished',
        expected: 'best, final or the step of a checkpoint',
        got: 'nothing with that name',
        hint: 'Ask /api/runs/finished for what the run has.',
      })
    }
    for (const name of ['no-run', 'nobody', '__proto__', '.', '..', 'finished%2f', 'FINISHED'])
      assert.equal((await get(`/api/runs/${name}/events`)).status, 404, name)
    for (const path of [
      '/api',
      '/api/',
      '/api/runs/',
      '/api/runs/finished/',
      '/api/runs/finished/recipe.json',
    ])
      assert.equal((await get(path)).status, 404, path)
  })
})

test('runs of any name are shown, as trm runs lists them', async () => {
  const other = makeWorkplace()
  const names = [
    'a#1',
    '50%',
    "it's",
    'a&b',
    '[x]',
    'u\u0308ber',
    'über',
    'a%2Fb',
    'why?',
    '"q"',
    '<b>',
    'a:b;c',
    '🐙',
    'x'.repeat(200),
  ]
  for (const name of names) makeRun(other.runs, name, stepLine(1) + doneLine(300))
  const { url } = await other.serve()
  const listed = await listRuns(other.runs)
  assert.deepEqual(listed.map(({ name }) => name).sort(), [...names].sort())
  const { runs } = (await (await fetch(`${url}api/runs`)).json()) as RunsAnswer
  assert.deepEqual(
    runs.map(({ name }) => name),
    listed.map(({ name }) => name),
  )
  for (const name of names) {
    // As the page asks for it.
    const answer = await fetch(`${url}api/runs/${encodeURIComponent(name)}`)
    assert.equal(((await answer.json()) as RunAnswer).summary?.name, name)
    const events = await fetch(`${url}api/runs/${encodeURIComponent(name)}/events`)
    assert.match(await events.text(), /event: ended/, name)
    assert.deepEqual(parseHash(formatHash({ route: 'runs', rest: [name] })).rest, [name])
  }
  await other.remove()
})

describe('a studio', () => {
  test('of one run folder lists that run', async () => {
    const one = await startStudio({ page: place.page, runs: join(place.runs, 'finished') })
    const { folder, runs } = (await (await fetch(`${one.url}api/runs`)).json()) as RunsAnswer
    assert.equal(folder, 'finished')
    assert.deepEqual(
      runs.map(({ name, step }) => [name, step]),
      [['finished', 300]],
    )
    assert.equal((await fetch(`${one.url}api/runs/finished/model/300`)).status, 200)
    assert.equal((await fetch(`${one.url}api/runs/half-way`)).status, 404)
    await one.close()
  })

  test('without runs says how to get some', async () => {
    const none = await startStudio({ page: place.page, runs: null })
    const list = await (await fetch(`${none.url}api/runs`)).json()
    assert.deepEqual(list, { folder: null, fields: [], runs: [] })
    for (const path of ['api/curves', 'api/runs/finished', 'api/runs/finished/events']) {
      const response = await fetch(none.url + path)
      assert.equal(response.status, 404)
      assert.deepEqual(
        ((await response.json()) as ApiProblem).hint,
        'Start the studio with one: trm studio RUNS.',
      )
    }
    assert.equal((await fetch(none.url)).status, 200)
    await none.close()
  })

  test('needs a built page, a folder of runs and a port that is free', async () => {
    const wrong = (options: object) => startStudio({ page: place.page, runs: null, ...options })
    await assert.rejects(wrong({ page: place.runs }), /expected the built page \(with index.html\)/)
    await assert.rejects(wrong({ page: join(place.folder, 'nothing') }), /no such file or folder \(ENOENT\)/)
    await assert.rejects(wrong({ runs: join(place.folder, 'nothing') }), /no such file or folder \(ENOENT\)/)
    await assert.rejects(wrong({ runs: join(place.folder, 'secret.json') }), /ENOTDIR/)
    await assert.rejects(wrong({ port: studio.port }), /got one in use \(EADDRINUSE\)/)
  })
})

describe('the page', () => {
  test('is isolated and asks no other host', async () => {
    const { status, headers } = await get('/')
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(headers.get('cache-control'), 'no-cache')
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
    assert.equal(headers.get('cross-origin-embedder-policy'), 'require-corp')
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; " +
        "img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'",
    )
    assert.equal((await get('/ort.wasm')).headers.get('content-type'), 'application/wasm')
    assert.equal((await get('/api/runs')).headers.get('cross-origin-resource-policy'), 'same-origin')
  })

  test('keeps hashed files for ever, compressed where that is wanted', async () => {
    const path = '/assets/index-a1B2_c3d.js'
    const ask = async (acceptEncoding: string) => {
      const { headers } = await get(path, { method: 'HEAD', headers: { 'accept-encoding': acceptEncoding } })
      return [headers.get('content-encoding'), headers.get('content-length'), headers.get('content-type')]
    }
    const type = 'text/javascript; charset=utf-8'
    assert.deepEqual(await ask('gzip, deflate, br'), ['br', '6', type])
    assert.deepEqual(await ask('gzip;q=0.5, br;q=0'), ['gzip', '4', type])
    assert.deepEqual(await ask('identity'), [null, '17', type])
    const { headers } = await get(path, { headers: { 'accept-encoding': 'identity' } })
    assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(headers.get('vary'), 'accept-encoding')
    const again = await get(path, {
      headers: { 'accept-encoding': 'identity', 'if-none-match': headers.get('etag')! },
    })
    assert.equal(again.status, 304)
  })

  test('has no hidden files and nothing that is not there', async () => {
    for (const path of ['/.hidden', '/assets', '/assets/', '/think', '/index.html/', '/assets/../.hidden'])
      assert.equal((await get(path)).status, 404, path)
  })

  test('is shown as it is after it was built anew', async () => {
    writeFileSync(join(place.page, 'new.css'), 'a {}')
    await get('/')
    assert.equal((await get('/new.css')).headers.get('content-type'), 'text/css; charset=utf-8')
  })
})
