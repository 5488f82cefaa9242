import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InputError } from '@tiny-recursive-models/tensor'
import { hubAccess } from '../../src/node/hub/access.ts'
import {
  downloadFromHub,
  findDownload,
  formatRepository,
  type HubDownloadEvent,
  type HubDownloadOptions,
  knownDownloads,
  listHubFiles,
  parseHubAddress,
} from '../../src/node/hub.ts'
import { addressOf, commit, gitBlob, listen, type ServedFile, sha256, startHub } from './hub-server.ts'

const root = mkdtempSync(join(tmpdir(), 'trm-hub-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newFolder = (): string => join(root, String(++folders))

/** 300,000 bytes that repeat nowhere. */
const large = Buffer.from(
  Uint32Array.from({ length: 75_000 }, (_, index) => Math.imul(index, 2654435761)).buffer,
)
const small = Buffer.from('source,question,answer,rating\n')
const patience = { attempts: 2, pauseMs: 1, stallMs: 30_000 }

/** Downloads from a hub that holds one repository, and closes it. */
async function download(
  files: Readonly<Record<string, ServedFile>>,
  options: Partial<HubDownloadOptions> = {},
  repository: { readonly token?: string; readonly gated?: boolean } = {},
) {
  const hub = await startHub({ 'datasets/team/puzzles': { files, ...repository } })
  const folder = options.folder ?? newFolder()
  const events: HubDownloadEvent[] = []
  let failure: unknown = null
  try {
    const call = {
      repo: 'team/puzzles',
      type: 'dataset',
      hubUrl: hub.url,
      folder,
      patience,
      ...options,
    } as const
    for await (const event of downloadFromHub(call)) events.push(event)
  } catch (error) {
    failure = error
  } finally {
    await hub.close()
  }
  const of = (type: HubDownloadEvent['type']) => events.filter((event) => event.type === type)
  const { requests, leaked } = hub
  return { folder, events, of, failure, requests, leaked, hubUrl: hub.url, host: new URL(hub.url).host }
}

const names = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort()

function facts(error: unknown) {
  assert.ok(error instanceof InputError, String(error))
  const { who, expected, got, hint } = error
  return { who, expected, got, hint }
}

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
    got: 'a file with another content',
    hint: 'Choose another folder, move the file away, or have it replaced (--force).',
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
    expected: `the rest of the file, ${length} of 300000 bytes are here`,
    got: 'a broken connection (UND_ERR_SOCKET)',
    hint: 'What has come is kept: the same command goes on from there.',
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
    expected: 'the answers of a hub',
    got: `something else from ${whole.hubUrl} (Expected size information)`,
    hint: 'Check HF_ENDPOINT, and whether a log-in page stands before the network.',
  })
})

test('content that is not what the hub promised is not kept', async () => {
  const changed = Buffer.from(large)
  changed[200_000]! ^= 1
  const { folder, failure } = await download({
    'train.csv': { content: large, isLarge: true, sent: changed },
  })
  assert.deepEqual(facts(failure), {
    who: 'hf:datasets/team/puzzles/train.csv',
    expected: `the content that the hub promises (sha256 ${sha256(large)})`,
    got: 'another content of the same size',
    hint: 'Nothing was kept. Try again; if it stays so, something between here and the hub changes the file.',
  })
  assert.deepEqual(names(folder), [])
  const other = await download({ 'a.csv': { content: small, sent: Buffer.from('x'.repeat(30)) } })
  assert.match(facts(other.failure).expected, /git blob [0-9a-f]{40}/)
})

test('a wrong size is an error, also one that no disk has room for', async () => {
  const longer = await download({ 'a.csv': { content: small, sent: Buffer.concat([small, small]) } })
  assert.equal(facts(longer.failure).got, '60 bytes or more')
  const huge = await download({ 'a.csv': { content: small, listedBytes: 2 ** 52 } })
  assert.equal(facts(huge.failure).expected, `${2 ** 52} free bytes in ${huge.folder}`)
  assert.equal(huge.requests.filter((request) => request.includes('/resolve/')).length, 0)
  assert.deepEqual(names(huge.folder), [])
  for (const listedBytes of [-1, 1.5, 2 ** 60]) {
    const { failure } = await download({ 'a.csv': { content: small, listedBytes } })
    assert.equal(facts(failure).got, `${listedBytes} in the answer of the hub`)
  }
})

test('addresses, known names and the environment', () => {
  assert.deepEqual(parseHubAddress('hf:a/b'), { type: 'model', name: 'a/b' })
  assert.deepEqual(parseHubAddress('hf:datasets/a/b/c/d.csv'), {
    type: 'dataset',
    name: 'a/b',
    file: 'c/d.csv',
  })
  assert.deepEqual(parseHubAddress('hf:a/b/c/', true), { type: 'dataset', name: 'a/b', file: 'c' })
  for (const wrong of [
    'a/b',
    'hf:a',
    'hf:a/',
    'hf:/b',
    'hf:a/..',
    'hf:a/b--c',
    'hf:a b/c',
    'https://huggingface.co/a/b',
  ])
    assert.throws(() => parseHubAddress(wrong), /expected hf:OWNER\/NAME or hf:OWNER\/NAME\/FILE, got/, wrong)
  assert.throws(() => parseHubAddress('hf:a/b/../c'), /stays inside a folder/)
  for (const known of Object.values(knownDownloads))
    assert.deepEqual(parseHubAddress(formatRepository(known)), { type: known.type, name: known.name })
  assert.throws(() => findDownload('sudoku-extrem'), /Did you mean 'sudoku-extreme'\? Known names: /)

  assert.deepEqual(hubAccess({}, {}), { endpoint: 'https://huggingface.co' })
  const environment = {
    HF_ENDPOINT: 'http://mirror:8080/hf/',
    HF_TOKEN: ' hf_one\n',
    HUGGING_FACE_HUB_TOKEN: 'hf_two',
  }
  assert.deepEqual(hubAccess({}, environment), { endpoint: 'http://mirror:8080/hf', token: 'hf_one' })
  assert.deepEqual(hubAccess({}, { HF_ENDPOINT: '', HF_TOKEN: '', HUGGING_FACE_HUB_TOKEN: 'hf_two' }), {
    endpoint: 'https://huggingface.co',
    token: 'hf_two',
  })
  assert.equal(hubAccess({ token: 'hf_given' }, environment).token, 'hf_given')
  assert.throws(() => hubAccess({}, { HF_HUB_OFFLINE: '1' }), /HF_HUB_OFFLINE: expected not to be set/)
  assert.throws(() => hubAccess({}, { HF_ENDPOINT: 'ftp://x' }), /got "ftp:\/\/x"/)
  const withPassword = () => hubAccess({}, { HF_ENDPOINT: 'https://me:geheim@x' })
  assert.throws(withPassword, (error: Error) => !error.message.includes('geheim'))
})

test('names that lead out of the folder are refused before anything is written', async () => {
  for (const name of [
    '../evil',
    '/etc/evil',
    'a/../../evil',
    'C:\\evil',
    'a\\..\\evil',
    'a//b',
    'a/./b',
    'c\u0000d',
    '.git/config',
    'a. ',
  ]) {
    const { folder, failure } = await download({ [name]: { content: small }, 'good.csv': { content: small } })
    assert.equal(facts(failure).expected, 'a relative path that stays inside a folder on every system', name)
    assert.ok(!existsSync(folder), name)
  }
  assert.ok(!existsSync(join(root, 'evil')))
  // A file that nobody asked for may be called as it likes.
  const { failure } = await download(
    { '../evil': { content: small }, 'good.csv': { content: small } },
    { files: ['good.csv'] },
  )
  assert.equal(failure, null)
})

test('a link in the folder leads nowhere else', async () => {
  const [folder, outside] = [newFolder(), newFolder()]
  for (const path of [folder, outside]) mkdirSync(path)
  symlinkSync(outside, join(folder, 'data'))
  const { failure } = await download({ 'data/a.csv': { content: small } }, { folder })
  assert.match(facts(failure).got, /^a link to /)
  assert.deepEqual(names(outside), [])
  rmSync(join(folder, 'data'))
  symlinkSync(join(outside, 'b'), join(folder, 'b.csv'))
  const file = await download({ 'b.csv': { content: small } }, { folder, replace: true })
  assert.equal(facts(file.failure).got, 'something that is no ordinary file')
  assert.deepEqual(names(outside), [])
})

test('a repository, a revision or a file that is not there', async () => {
  const files = { 'train.csv': { content: small }, 'test.csv': { content: small } }
  const unknown = await download(files, { repo: 'team/puzles' })
  assert.deepEqual(facts(unknown.failure), {
    who: 'hf:datasets/team/puzles',
    expected: 'a data set of that name',
    got: 'none, or a private one (HTTP 401)',
    hint: `Check ${unknown.hubUrl}/datasets/team/puzles, and whether it is a model (hf:OWNER/NAME); a private one needs HF_TOKEN.`,
  })
  const revision = await download(files, { revision: 'v2' })
  assert.deepEqual(facts(revision.failure), {
    who: 'hf:datasets/team/puzzles',
    expected: 'a branch, a tag or a commit of the repository',
    got: '"v2", which it does not have (HTTP 404)',
    hint: 'Leave the revision out for the newest state (main).',
  })
  for (const good of ['v1.0', 'refs/pr/1', commit])
    assert.equal((await download(files, { revision: good })).failure, null, good)
  const file = await download(files, { files: ['tran.csv'] })
  assert.deepEqual(facts(file.failure), {
    who: 'hf:datasets/team/puzzles',
    expected: 'the name of a file or a folder in it',
    got: '"tran.csv"',
    hint: "Did you mean 'train.csv'? Its files: train.csv, test.csv.",
  })
  await assert.rejects(
    download(files, { repo: 'team/../puzzles' }).then(({ failure }) => {
      throw failure
    }),
    /expected OWNER\/NAME/,
  )
})

test('private and gated repositories', async () => {
  const files = { 'a.csv': { content: large, isLarge: true } }
  const token = 'hf_secret'
  const gated = await download(files, {}, { token, gated: true })
  assert.deepEqual(facts(gated.failure), {
    who: 'hf:datasets/team/puzzles',
    expected: 'a repository that may be read',
    got: 'one that asks for permission (HTTP 403)',
    hint: `Ask for access on ${gated.hubUrl}/datasets/team/puzzles, then set HF_TOKEN to a token of that account.`,
  })
  const wrong = await download(files, { token: 'hf_other' }, { token })
  assert.match(facts(wrong.failure).hint, /that the token in HF_TOKEN is valid and may read it\.$/)
  const right = await download(files, { token }, { token })
  assert.equal(right.failure, null)
  assert.deepEqual(right.leaked, [], 'the token stays with the hub')
  const odd = await download(files, { token: 'geheim' })
  assert.deepEqual(facts(odd.failure).got, '6 other characters')
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

test('no network, and something that is no hub', async () => {
  const server = await listen((_, response) => response.end('<html>Please log in</html>'))
  const call = { repo: 'team/puzzles', type: 'dataset', hubUrl: addressOf(server), patience } as const
  const portal = await listHubFiles(call).catch((error: unknown) => error)
  assert.match(facts(portal).got, /^something else from http:\/\/127\.0\.0\.1:\d+ \(/)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))

  for (const tree of ['{}', 'null', '[null]', '[{"type":"file","path":7,"size":1}]', '[{"type":"file"}]']) {
    const odd = await listen(({ url = '' }, response) =>
      response.end(url.includes('/revision/') ? JSON.stringify({ sha: commit }) : tree),
    )
    const failure = await listHubFiles({ ...call, hubUrl: addressOf(odd) }).catch((error: unknown) => error)
    assert.match(facts(failure).got, /^something else from |in the answer of the hub$/, tree)
    odd.closeAllConnections()
    odd.close()
  }
  const endless = await listen(({ url = '', headers }, response) => {
    if (url.includes('/revision/')) return response.end(JSON.stringify({ sha: commit }))
    response.setHeader('Link', `<http://${headers.host}${url}>; rel="next"`)
    return response.end(JSON.stringify(new Array(20_000).fill({ type: 'directory', path: 'x', size: 0 })))
  })
  const tooMany = await listHubFiles({ ...call, hubUrl: addressOf(endless) }).catch((error: unknown) => error)
  assert.equal(facts(tooMany).expected, 'at most 100000 files and folders')
  endless.closeAllConnections()
  endless.close()
  const nobody = await listHubFiles(call).catch((error: unknown) => error)
  assert.deepEqual(facts(nobody), {
    who: call.hubUrl,
    expected: 'an answer',
    got: 'no connection (ECONNREFUSED)',
    hint: 'Check the network and HF_ENDPOINT, or bring the files here by other means.',
  })
})
