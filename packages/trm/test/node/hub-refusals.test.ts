import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hubAccess } from '../../src/node/hub/access.ts'
import {
  findDownload,
  formatRepository,
  knownDownloads,
  listHubFiles,
  parseHubAddress,
} from '../../src/node/hub.ts'
import { download, facts, large, patience, small } from './hub-call.ts'
import { addressOf, commit, listen } from './hub-server.ts'

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
    expected: 'a repository with open access',
    got: 'one that requires permission (HTTP 403)',
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
    assert.match(facts(failure).got, /^something else from |in the answer from the hub$/, tree)
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
    hint: 'Check the network and HF_ENDPOINT, or get the files here by other means.',
  })
})
