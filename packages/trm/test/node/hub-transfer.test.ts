import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { downloadFromHub } from '../../src/node/hub.ts'
import { download, facts, large, names, newFolder, patience, small } from './hub-call.ts'
import { commit, gitBlob, sha256, startHub } from './hub-server.ts'

test('all files of a repository, small ones from the hub and large ones from its storage', async () => {
  const files = {
    'README.md': { content: small },
    'data/train.csv': { content: large, isLarge: true },
    empty: { content: Buffer.alloc(0) },
  }
  const { folder, events, requests, of, failure } = await download(files)
  assert.equal(failure, null)
  assert.deepEqual(names(folder), ['README.md', 'data', 'data/train.csv', 'empty'])
  assert.ok(readFileSync(join(folder, 'data/train.csv')).equals(large))
  assert.equal(readFileSync(join(folder, 'README.md'), 'utf8'), small.toString())
  assert.equal(readFileSync(join(folder, 'empty')).length, 0)
  assert.deepEqual(events[0], {
    type: 'start',
    repository: 'hf:datasets/team/puzzles',
    commit,
    files: 3,
    bytes: 300_030,
  })
  assert.deepEqual(of('stored'), [
    { type: 'stored', path: 'README.md', bytes: 30, digest: `git ${gitBlob(small)}` },
    { type: 'stored', path: 'data/train.csv', bytes: 300_000, digest: sha256(large) },
    { type: 'stored', path: 'empty', bytes: 0, digest: `git ${gitBlob(Buffer.alloc(0))}` },
  ])
  assert.deepEqual(events.at(-1), {
    type: 'done',
    folder,
    commit,
    files: ['README.md', 'data/train.csv', 'empty'],
  })
  // Listed in two pages, and every file taken from the commit, not from the branch.
  assert.equal(requests.filter((request) => request.includes(`/tree/${commit}`)).length, 2)
  assert.ok(requests.includes(`GET /datasets/team/puzzles/resolve/${commit}/data/train.csv`))
  assert.ok(requests.includes('storage GET /!datasets/team/puzzles!data/train.csv'))
})

test('chosen files and folders, with names that an address would misread', async () => {
  const files = {
    'a/b c#1%.csv': { content: small },
    'a/d.csv': { content: large },
    'other.csv': { content: large },
  }
  const { folder, failure } = await download(files, { files: ['a'] })
  assert.equal(failure, null)
  assert.deepEqual(names(folder), ['a', 'a/b c#1%.csv', 'a/d.csv'])
  assert.equal(readFileSync(join(folder, 'a/b c#1%.csv'), 'utf8'), small.toString())
})

test('what is there and right is kept; another content is not replaced unasked', async () => {
  const files = { 'train.csv': { content: large, isLarge: true }, 'test.csv': { content: small } }
  const { folder } = await download(files)
  const again = await download(files, { folder })
  assert.equal(again.of('kept').length, 2)
  assert.equal(again.requests.filter((request) => request.includes('/resolve/')).length, 0)

  writeFileSync(join(folder, 'test.csv'), 'Source,question,answer,rating\n')
  const refused = await download(files, { folder })
  assert.deepEqual(facts(refused.failure), {
    who: join(folder, 'test.csv'),
    expected: 'no file, or the one on the hub',
    got: 'a file with different content',
    hint: 'Choose another folder, move the file away, or have it replaced (`replace: true`).',
  })
  const replaced = await download(files, { folder, replace: true })
  assert.equal(replaced.failure, null)
  assert.equal(readFileSync(join(folder, 'test.csv'), 'utf8'), small.toString())
})

test('a cut connection goes on where it broke off', async () => {
  const files = { 'train.csv': { content: large, isLarge: true, cut: { after: 100_000, times: 2 } } }
  const { folder, failure, of, requests } = await download(files)
  assert.equal(failure, null)
  assert.ok(readFileSync(join(folder, 'train.csv')).equals(large))
  assert.equal(of('retry').length, 2)
  const parts = requests.filter((request) => request.startsWith('storage') && !request.endsWith('bytes=0-0'))
  // What had come but was not read yet when the connection broke is lost.
  const starts = parts.map((request) => Number(/bytes=(\d+)-299999$/.exec(request)?.[1] ?? 0))
  assert.equal(starts.length, 3)
  assert.ok(starts[0] === 0 && starts[1]! > 0 && starts[1]! <= 100_000, String(starts))
  assert.ok(starts[2]! > starts[1]! && starts[2]! <= starts[1]! + 100_000, String(starts))
})

test('a connection that stays broken leaves a part, and the next call goes on with it', async () => {
  const cut = { after: 0, times: 100 }
  const first = await download(
    { 'train.csv': { content: large, isLarge: true, cut: { after: 120_000, times: 1 } } },
    { patience: { ...patience, attempts: 0 } },
  )
  const part = `train.csv.${sha256(large).slice(0, 12)}.part`
  assert.deepEqual(names(first.folder), [part])
  const length = readFileSync(join(first.folder, part)).length
  assert.ok(length > 0 && length <= 120_000, String(length))
  assert.deepEqual(facts(first.failure), {
    who: 'hf:datasets/team/puzzles/train.csv',
    expected: `the rest of the file, ${length} of 300000 bytes have arrived`,
    got: 'a broken connection (UND_ERR_SOCKET)',
    hint: 'What has arrived is kept: run the same command again to resume.',
  })

  const second = await download(
    { 'train.csv': { content: large, isLarge: true, cut } },
    { folder: first.folder },
  )
  assert.equal(second.of('retry').length, 2)
  assert.ok(second.failure instanceof InputError)

  // Parts of an older state of the file go.
  writeFileSync(join(first.folder, 'train.csv.0123456789ab.part'), 'old')
  const third = await download({ 'train.csv': { content: large, isLarge: true } }, { folder: first.folder })
  assert.equal(third.failure, null)
  assert.deepEqual(third.of('progress')[0], { type: 'progress', path: 'train.csv', bytes: length })
  assert.ok(third.requests.some((request) => request.endsWith(`bytes=${length}-299999`)))
  assert.deepEqual(names(first.folder), ['train.csv'])
  assert.ok(readFileSync(join(first.folder, 'train.csv')).equals(large))
})

test('a part that is wrong is begun anew', async () => {
  const folder = newFolder()
  mkdirSync(folder)
  const part = join(folder, `train.csv.${sha256(large).slice(0, 12)}.part`)
  for (const before of [Buffer.alloc(5000), Buffer.alloc(300_001), Buffer.alloc(300_000)]) {
    writeFileSync(part, before)
    rmSync(join(folder, 'train.csv'), { force: true })
    const { failure } = await download({ 'train.csv': { content: large, isLarge: true } }, { folder })
    assert.equal(failure, null)
    assert.ok(readFileSync(join(folder, 'train.csv')).equals(large))
  }
})

test('a server that gives no parts is asked for the whole', async () => {
  for (const refusing of [{ refusals: { status: 416, times: 1 } }, { ignoresRange: 'later' }] as const) {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, `train.csv.${gitBlob(large).slice(0, 12)}.part`), large.subarray(0, 1000))
    const { failure } = await download({ 'train.csv': { content: large, ...refusing } }, { folder })
    assert.equal(failure, null)
    assert.ok(readFileSync(join(folder, 'train.csv')).equals(large))
  }
  const whole = await download({ 'train.csv': { content: large, ignoresRange: 'always' } })
  assert.deepEqual(facts(whole.failure), {
    who: 'hf:datasets/team/puzzles',
    expected: 'answers from a hub',
    got: `something else from ${whole.hubUrl} (Expected size information)`,
    hint: 'Check HF_ENDPOINT, and whether the network requires a login page first.',
  })
})

test('a busy server is asked again, a silent one is given up', async () => {
  const files = () => ({ 'a.csv': { content: small, refusals: { status: 503, times: 2 } } })
  const busy = await download(files())
  assert.equal(busy.failure, null)
  assert.deepEqual(
    busy.of('retry'),
    [1, 2].map((attempt) => ({
      type: 'retry',
      path: 'a.csv',
      reason: `HTTP 503 from ${busy.host}`,
      attempt,
    })),
  )
  const silent = await download(
    { 'a.csv': { content: small, cut: { after: 0, times: 100, isSilent: true } } },
    { patience: { attempts: 0, pauseMs: 1, stallMs: 2000 } },
  )
  assert.equal(facts(silent.failure).got, 'nothing came for 2 s')
  assert.deepEqual(names(silent.folder), [])
})

test('a stop leaves a part and no error, while bytes come and in a pause', async () => {
  const patience = { attempts: 5, pauseMs: 60_000, stallMs: 60_000 }
  for (const isSilent of [true, false]) {
    const stop = new AbortController()
    const cut = { after: 150_000, times: 1, isSilent }
    const hub = await startHub({
      'models/team/net': { files: { step_1: { content: large, isLarge: true, cut } } },
    })
    const folder = newFolder()
    const call = {
      repo: 'team/net',
      type: 'model',
      hubUrl: hub.url,
      folder,
      signal: stop.signal,
      patience,
    } as const
    const types: string[] = []
    for await (const event of downloadFromHub(call)) {
      types.push(event.type)
      if (event.type === 'retry' || (isSilent && event.type === 'progress' && event.bytes === 150_000))
        stop.abort()
    }
    await hub.close()
    assert.equal(types.includes('retry'), !isSilent)
    assert.equal(types.at(-1), 'stopped')
    const part = `step_1.${sha256(large).slice(0, 12)}.part`
    assert.deepEqual(names(folder), [part])
    if (isSilent) assert.equal(readFileSync(join(folder, part)).length, 150_000)
  }
})
