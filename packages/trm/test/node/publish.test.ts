import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { parse } from 'yaml'
import { decodeTrainingState, encodeTrainingState } from '../../src/checkpoint/training-state.ts'
import { findRecipe } from '../../src/index.ts'
import {
  hubCacheFolder,
  listShippedModels,
  openModel,
  type PublishEvent,
  type PublishOptions,
  publishModel,
  shippedModelPath,
  writePublishedFiles,
} from '../../src/node/index.ts'
import { facts, newFolder, patience, root } from './hub-call.ts'
import { startHub, type TestHub } from './hub-server.ts'
import type { Repositories, Writing } from './writable-hub.ts'

const token = 'hf_writer'
const variables = ['HF_ENDPOINT', 'HF_HUB_OFFLINE', 'XDG_CACHE_HOME'] as const
const before = variables.map((name) => [name, process.env[name]] as const)
after(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})
beforeEach(() => {
  delete process.env.HF_HUB_OFFLINE
  process.env.XDG_CACHE_HOME = newFolder()
})

interface Published {
  readonly events: readonly PublishEvent[]
  readonly failure: unknown
}

async function publish(
  hub: TestHub,
  model = 'sudoku-4x4',
  options: Partial<PublishOptions> = {},
): Promise<Published> {
  const events: PublishEvent[] = []
  try {
    const call = { repo: 'team/four', hubUrl: hub.url, token, patience, ...options }
    for await (const event of publishModel(model, call)) events.push(event)
  } catch (failure) {
    return { events, failure }
  }
  return { events, failure: null }
}

async function withHub(
  task: (hub: TestHub, repositories: Repositories) => Promise<void>,
  writing: Partial<Writing> = {},
): Promise<void> {
  const repositories: Repositories = {}
  const hub = await startHub(repositories, { token, owner: 'team', ...writing })
  process.env.HF_ENDPOINT = hub.url
  try {
    await task(hub, repositories)
  } finally {
    await hub.close()
  }
}

test('a shipped model goes to a new repository and comes back as it was', () =>
  withHub(async (hub, repositories) => {
    const { events, failure } = await publish(hub, 'sudoku-4x4', { license: 'mit' })
    assert.equal(failure, null)
    const { files, titles, commit } = repositories['models/team/four']!
    assert.deepEqual(Object.keys(files).sort(), [
      '.gitattributes',
      'README.md',
      'model.safetensors',
      'onnx/solver.onnx',
      'onnx/step.onnx',
      'recipe.json',
    ])
    assert.deepEqual(titles, ['Publish four'])
    assert.deepEqual(events.at(-1), { type: 'done', page: `${hub.url}/team/four`, commit, isChanged: true })
    assert.deepEqual(events.flatMap((event) => (event.type === 'uploaded' ? [event.path] : [])).sort(), [
      'README.md',
      'model.safetensors',
      'onnx/solver.onnx',
      'onnx/step.onnx',
      'recipe.json',
    ])
    // The token is for the hub, not for the servers that it sends large files to.
    assert.deepEqual(hub.leaked, [])

    const [, head, card] = files['README.md']!.content.toString().split(/^---$/m)
    const shown = parse(head!)
    assert.equal(shown.license, 'mit')
    assert.equal(shown['model-index'][0].results[0].dataset.name, '4×4 Sudoku')
    const shipped = (await listShippedModels()).find(({ name }) => name === 'sudoku-4x4')!
    assert.equal(shown['model-index'][0].results[0].metrics[0].value, shipped.test.exactByStep.at(-1))
    assert.match(card!, /openModel\('hf:team\/four'\)/)
    assert.match(card!, /\| 1 \| 89\.0 % \| 98\.8 % \|/)

    const original = await openModel('sudoku-4x4')
    for (const address of ['hf:team/four', 'hub:team/four', 'hf:team/four/model.safetensors']) {
      const { model, step, source } = await openModel(address)
      assert.deepEqual(model.weights, original.model.weights)
      assert.equal(step, original.step)
      assert.equal(source, join(hubCacheFolder(), 'team', 'four', 'model.safetensors'))
    }
  }))

test('what has not changed is not sent again, and other content is not replaced unasked', () =>
  withHub(async (hub, repositories) => {
    await publish(hub)
    const again = await publish(hub)
    assert.equal(again.failure, null)
    assert.equal(again.events.filter(({ type }) => type === 'kept').length, 5)
    assert.deepEqual(repositories['models/team/four']!.titles, ['Publish four'])

    const refused = await publish(hub, 'sudoku-6x6')
    const { expected, got } = facts(refused.failure)
    assert.equal(expected, 'a repository without files of these names, or with the same ones')
    assert.match(got, /^other content of README\.md, model\.safetensors, recipe\.json/)
    assert.deepEqual(repositories['models/team/four']!.titles, ['Publish four'])

    const replaced = await publish(hub, 'sudoku-6x6', { replace: true })
    assert.equal(replaced.failure, null)
    assert.equal((await openModel('hf:team/four')).recipe.name, 'sudoku-6x6')
  }))

test('a refused upload is tried again, and an answer that is lost is no second commit', async () => {
  await withHub(
    async (hub, repositories) => {
      const { events, failure } = await publish(hub)
      assert.equal(failure, null)
      assert.equal(events.filter(({ type }) => type === 'retry').length, 1)
      assert.deepEqual(repositories['models/team/four']!.titles, ['Publish four'])
    },
    { refusals: { status: 503, times: 1 } },
  )
  await withHub(
    async (hub, repositories) => {
      const { events, failure } = await publish(hub)
      assert.equal(failure, null)
      const { titles, commit } = repositories['models/team/four']!
      assert.deepEqual(titles, ['Publish four'])
      assert.deepEqual(events.at(-1), { type: 'done', page: `${hub.url}/team/four`, commit, isChanged: true })
    },
    { lostAnswers: { times: 1 } },
  )
})

test('a token that may not write, none at all, and somebody else who writes meanwhile', async () => {
  await withHub(async (hub) => {
    const other = await publish(hub, 'sudoku-4x4', { repo: 'others/four' })
    assert.deepEqual(facts(other.failure), {
      who: 'hf:others/four',
      expected: 'a token that may write to others/four',
      got: 'a refusal (HTTP 403)',
      hint: 'Check the name, and that HF_TOKEN is a valid token with write access to others.',
    })
    const none = await publish(hub, 'sudoku-4x4', { token: '' })
    assert.equal(facts(none.failure).expected, 'an access token with write permission')
    assert.equal(facts((await publish(hub, 'sudoku-4x4', { repo: 'four' })).failure).got, '"four"')
  })
  await withHub(
    async (hub) => {
      const { got } = facts((await publish(hub)).failure)
      assert.equal(got, 'one with a newer commit (HTTP 412)')
    },
    { interloper: true },
  )
})

test('without a connection the model that was downloaded before is opened', async () => {
  await withHub(async (hub) => {
    await publish(hub)
    process.env.HF_HUB_OFFLINE = '1'
    await assert.rejects(openModel('hf:team/four'), /HF_HUB_OFFLINE/)
    delete process.env.HF_HUB_OFFLINE
    await openModel('hf:team/four')
    process.env.HF_HUB_OFFLINE = '1'
    assert.equal((await openModel('hf:team/four')).recipe.name, 'sudoku-4x4')
    delete process.env.HF_HUB_OFFLINE
  })
  // The hub is gone.
  assert.equal((await openModel('hf:team/four')).recipe.name, 'sudoku-4x4')
})

test('a repository without a model file is told with what it has', () =>
  withHub(async (_hub, repositories) => {
    repositories['models/team/other'] = { files: { 'best.safetensors': { content: Buffer.from('x') } } }
    await assert.rejects(openModel('hf:team/other'), (error) => {
      const { got, hint } = facts(error)
      assert.equal(got, 'a repository without it')
      assert.match(hint, /hf:team\/other\/best\.safetensors/)
      return true
    })
    await assert.rejects(openModel('hf:datasets/team/puzzles'), /expected a repository of a model/)
  }))

test('folders of this machine stay here', async () => {
  const data = {
    ...findRecipe('sudoku-extreme').data,
    train: '/home/somebody/secret/train.csv',
    test: 'C:\\secret\\test.csv',
  }
  const extreme = (await listShippedModels()).find(({ name }) => name === 'sudoku-extreme')!
  const own = decodeTrainingState(readFileSync(shippedModelPath(extreme)), 'shipped')
  const file = join(root, 'own.safetensors')
  mkdirSync(root, { recursive: true })
  writeFileSync(file, encodeTrainingState({ ...own, recipe: { ...own.recipe, data } as typeof own.recipe }))
  const folder = newFolder()
  const files = await writePublishedFiles(file, folder, { name: 'team/four', source: 'rows of two files' })
  for (const { path, bytes } of files) {
    const content = readFileSync(join(folder, path))
    assert.equal(content.length, bytes)
    assert.ok(!content.includes('secret'), path)
  }
  const card = readFileSync(join(folder, 'README.md'), 'utf8')
  assert.match(card, /- Data: rows of two files/)
  assert.match(card, /Not measured/)
  cpSync(join(folder, 'model.safetensors'), file)
  assert.equal((await openModel(file)).step, own.step)
  rmSync(file)
})
