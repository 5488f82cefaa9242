import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { isOwnHost } from '@tiny-recursive-models/http-server'
import { getRequest, open, sendRaw } from '../../http-server/test/raw.ts'
import type { ApiProblem, RunAnswer, RunsAnswer } from '../src/api.ts'
import { type Studio, startStudio } from '../src/index.ts'
import { EventReader } from './event-reader.ts'
import { checksumOf, doneLine, makeRun, makeWorkplace, stepLine } from './runs-folder.ts'

const place = makeWorkplace()
let studio: Studio
let checksum: string

before(async () => {
  const good = makeRun(place.runs, 'good', stepLine(1) + doneLine(1))
  writeFileSync(join(good, 'best.safetensors'), 'weights')
  writeFileSync(join(good, '.hidden'), place.secret)
  writeFileSync(join(good, 'notes.txt'), place.secret)

  const links = makeRun(place.runs, 'links-out', stepLine(1))
  symlinkSync(join(place.folder, 'secret.json'), join(links, 'report.json'))
  const weights = makeRun(place.runs, 'weights-out', stepLine(1))
  symlinkSync(join(place.folder, 'secret.json'), join(weights, 'best.safetensors'))
  const checkpoint = makeRun(place.runs, 'checkpoint-out', stepLine(1))
  symlinkSync(join(place.folder, 'secret.json'), join(checkpoint, 'checkpoints', 'step-000001.safetensors'))
  const events = makeRun(place.runs, 'events-out', '')
  execFileSync('ln', ['-sf', join(place.folder, 'secret.json'), join(events, 'events.jsonl')])
  for (const name of ['lock.json', 'report.json', 'events.jsonl', 'best.safetensors', 'recipe.json'])
    execFileSync('mkfifo', [join(makeRun(place.runs, `pipe-${name}`, stepLine(1)), `${name}.pipe`)])
  for (const name of ['lock.json', 'report.json', 'events.jsonl', 'best.safetensors', 'recipe.json']) {
    const path = join(place.runs, `pipe-${name}`)
    execFileSync('mv', ['-f', join(path, `${name}.pipe`), join(path, name)])
  }

  const outside = join(place.folder, 'elsewhere')
  mkdirSync(outside)
  makeRun(outside, 'run', stepLine(1))
  symlinkSync(join(outside, 'run'), join(place.runs, 'linked-run'))
  symlinkSync(join(place.runs, 'good'), join(place.runs, 'another-name'))
  symlinkSync('circle', join(place.runs, 'circle'))
  makeRun(place.runs, '.hidden-run', stepLine(1))
  makeRun(place.runs, 'two\nlines', stepLine(1))
  makeRun(place.runs, ' blank', stepLine(1))
  makeRun(place.runs, 'back\\slash', stepLine(1))
  makeRun(place.runs, '100% größer (2)', stepLine(1))
  makeRun(place.runs, 'größer (2)', stepLine(1))
  checksum = checksumOf(place.folder)
})

beforeEach(async () => {
  studio ??= await place.serve()
})

after(async () => {
  // Whatever was asked: it still serves, and nothing has changed.
  assert.equal((await fetch(`${studio.url}api/runs/good`)).status, 200)
  assert.equal(await (await fetch(`${studio.url}api/runs/good/model/best`)).text(), 'weights')
  assert.equal((await fetch(studio.url)).status, 200)
  assert.equal(checksumOf(place.folder), checksum)
  await place.remove()
})

describe('paths', () => {
  const outs = [
    '/../secret.json',
    '/../../../../../../../../etc/passwd',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/%2e%2e%2fsecret.json',
    '/%252e%252e%252fsecret.json',
    '/..%5csecret.json',
    '/..\\secret.json',
    '/assets/..%2f..%2fsecret.json',
    '/assets/....//....//secret.json',
    '/..;/secret.json',
    '/%c0%ae%c0%ae/secret.json',
    '/%uff0e%uff0e/secret.json',
    '//secret.json',
    '//etc/passwd',
    '/index.html%00.json',
    '/%00',
    '/.hidden',
    '/%2ehidden',
    '/page/../../secret.json',
    '/C:/secret.json',
    '/file:///etc/passwd',
    '/%',
    '/%zz',
    '/api/runs/..%2f',
    '/api/runs/%2e%2e',
    '/api/runs/..%2felsewhere%2frun',
    '/api/runs/../secret.json',
    '/api/runs/good%2f..%2f..%2fsecret.json',
    '/api/runs/good%00',
    '/api/runs/good%0a',
    '/api/runs/.hidden-run',
    '/api/runs/%2ehidden-run',
    '/api/runs/linked-run',
    '/api/runs/circle',
    '/api/runs/good/model/..%2f..%2f..%2fsecret.json',
    '/api/runs/good/model/../../../secret.json',
    '/api/runs/good/model/.hidden',
    '/api/runs/good/model/notes.txt',
    '/api/runs/good/model/best%00',
    '/api/runs/good/model/%62est%2f',
    '/api/runs/good/notes.txt',
    '/api/runs/good/.hidden',
    '/api/runs/checkpoint-out/model/1',
    '/api/runs/%',
    '/api/%72uns%2fgood',
    '/API/runs/good',
  ]
  for (const path of outs)
    test(`${path} leads nowhere`, async () => {
      const { status, text } = await sendRaw(studio.port, getRequest(path))
      assert.ok(status === 404 || status === 400, `${status}`)
      assert.ok(!text.includes(place.secret), text)
      assert.ok(!text.includes(place.folder), text)
    })

  test('a path written in another way is the same path', async () => {
    const { status } = await sendRaw(studio.port, getRequest('/api/runs/%67ood'))
    assert.equal(status, 200)
    const spaced = await fetch(`${studio.url}api/runs/${encodeURIComponent('größer (2)')}`)
    assert.equal(((await spaced.json()) as RunAnswer).summary.step, 1)
  })
})

test('the list has what may be seen, and says what is wrong with the rest', async () => {
  const { runs } = (await (await fetch(`${studio.url}api/runs`)).json()) as RunsAnswer
  const seen = runs.map(({ name, status, problem }) => [name, status, problem])
  const pipe = (name: string) => [
    `pipe-${name}`,
    'damaged',
    `pipe-${name}/${name}: expected a file of the run, got something else.`,
  ]
  const out = (name: string, file: string) => [
    name,
    'damaged',
    `${name}/${file}: expected a file of the run, got a link that leads out of the folder.`,
  ]
  assert.deepEqual(seen, [
    [' blank', 'stopped', null],
    ['100% größer (2)', 'stopped', null],
    ['another-name', 'done', null],
    ['back\\slash', 'stopped', null],
    ['checkpoint-out', 'stopped', null],
    out('events-out', 'events.jsonl'),
    ['good', 'done', null],
    ['größer (2)', 'stopped', null],
    out('links-out', 'report.json'),
    ...['best.safetensors', 'events.jsonl', 'lock.json', 'recipe.json', 'report.json'].map(pipe),
    ['two\nlines', 'stopped', null],
    out('weights-out', 'best.safetensors'),
  ])
})

test('links and pipes in a run give nothing and hold nobody up', async () => {
  for (const { name } of ((await (await fetch(`${studio.url}api/runs`)).json()) as RunsAnswer).runs) {
    const encoded = encodeURIComponent(name)
    for (const path of ['', '/model/best', '/model/final', '/model/1']) {
      const response = await fetch(`${studio.url}api/runs/${encoded}${path}`)
      const text = await response.text()
      assert.ok(!text.includes(place.secret) && !text.includes(place.folder), `${name}${path}: ${text}`)
      if (path !== '' && !(path === '/model/best' && ['good', 'another-name'].includes(name)))
        assert.equal(response.status, 404, `${name}${path}`)
    }
    const events = await new EventReader(`${studio.url}api/runs/${encoded}/events`).until('ended')
    assert.ok(!JSON.stringify(events).includes(place.secret), name)
  }
})

describe('requests', () => {
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'MKCOL', 'MOVE', 'PURGE']
  for (const method of methods)
    test(`${method} is not allowed`, async () => {
      const text = `${method} /api/runs HTTP/1.1\r\nHost: localhost\r\n\r\n`
      const answer = await sendRaw(studio.port, text)
      assert.equal(answer.status, 405)
      assert.match(answer.text, /\r\nallow: GET, HEAD\r\n/i)
    })

  const cases: Readonly<Record<string, readonly [request: string, status: number | null]>> = {
    'no HTTP at all': ['hello\r\n\r\n', 400],
    'a method that is none': ['G3T / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'binary bytes': ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', 400],
    'a version that is none': ['GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', 400],
    'a broken header': ['GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n', 400],
    'a header with NUL': ['GET / HTTP/1.1\r\nHost: localhost\r\nA: b\u0000c\r\n\r\n', 400],
    'two lengths': [
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    'length and chunks': [
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    CONNECT: ['CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', null],
    'an upgrade': [getRequest('/', 'Upgrade: websocket\r\nConnection: Upgrade\r\n'), null],
    'an asterisk': ['GET * HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'another host in the path': ['GET http://example.org/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'this host in the path': ['GET http://localhost/api/runs HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'no Host': ['GET / HTTP/1.1\r\n\r\n', 400],
    'two Hosts': ['GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n', 400],
    'HTTP/1.0 without Host': ['GET / HTTP/1.0\r\n\r\n', 400],
    'HTTP/1.0 with Host': ['GET / HTTP/1.0\r\nHost: localhost\r\n\r\n', 200],
    'a foreign Host': ['GET / HTTP/1.1\r\nHost: example.org\r\n\r\n', 403],
    'a foreign Host with a port': ['GET /api/runs HTTP/1.1\r\nHost: example.org:4747\r\n\r\n', 403],
    'a Host that only begins well': ['GET / HTTP/1.1\r\nHost: localhost.example.org\r\n\r\n', 403],
    'a Host with a name before it': ['GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n', 403],
    'a page of another host': [getRequest('/api/runs', 'Sec-Fetch-Site: cross-site\r\n'), 403],
    'a page of another port': [getRequest('/api/runs', 'Sec-Fetch-Site: same-site\r\n'), 403],
    'its own page': [getRequest('/api/runs', 'Sec-Fetch-Site: same-origin\r\n'), 200],
    'a link of another host': [getRequest('/', 'Sec-Fetch-Site: cross-site\r\n'), 200],
    'a body': [getRequest('/', 'Content-Length: 5\r\n').concat('hello'), 413],
    'a body in chunks': [
      getRequest('/', 'Transfer-Encoding: chunked\r\n').concat('5\r\nhello\r\n0\r\n\r\n'),
      413,
    ],
    'a huge body': [getRequest('/', 'Content-Length: 99999999999\r\n').concat('x'.repeat(1e6)), 413],
    'a body that has to be waited for': [
      getRequest('/', 'Content-Length: 5\r\nExpect: 100-continue\r\n').replace('Connection: close\r\n', ''),
      413,
    ],
    'a long path': [getRequest(`/${'a'.repeat(5_000)}`), 414],
    'a huge path': [getRequest(`/${'a'.repeat(1e6)}`), 431],
    'a long query': [getRequest(`/?${'a'.repeat(5_000)}`), 414],
    'a huge header': [getRequest('/', `A: ${'a'.repeat(1e6)}\r\n`), 431],
    'many headers': [getRequest('/', 'A: b\r\n'.repeat(50_000)), 431],
    'an endless header line': [`GET / HTTP/1.1\r\nHost: localhost\r\nA${'a'.repeat(1e6)}`, 431],
  }
  for (const [name, [request, expected]] of Object.entries(cases))
    test(`${name} ${expected === 200 ? 'is answered' : 'is refused'}`, async () => {
      const { status, text } = await sendRaw(studio.port, request)
      assert.equal(status, request.includes('100-continue') ? 100 : expected, text)
      if (expected === null || expected === 200) return
      assert.match(text, new RegExp(`^HTTP/1.1 ${expected} `, 'm'))
      assert.match(text, /\r\nconnection: close\r\n/i)
      const problem = JSON.parse(text.slice(text.lastIndexOf('\r\n\r\n') + 4)) as ApiProblem
      assert.deepEqual(Object.keys(problem), ['who', 'expected', 'got', 'hint'])
    })

  test('one behind the other are answered in their order', async () => {
    const first = 'GET /api/runs/good HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const { text } = await sendRaw(
      studio.port,
      first + first.replace('good', 'nobody') + getRequest('/api/runs/good/model/best'),
    )
    assert.deepEqual(text.match(/HTTP\/1.1 \d{3}|\r\n\r\nweights$/g), [
      'HTTP/1.1 200',
      'HTTP/1.1 404',
      'HTTP/1.1 200',
      '\r\n\r\nweights',
    ])
  })

  test('behind one that is refused are not read any more', async () => {
    const hidden = `${getRequest('/', 'Content-Length: 60\r\n')}${getRequest('/api/runs/good')}`
    const { text } = await sendRaw(studio.port, hidden)
    assert.deepEqual(text.match(/HTTP\/1.1 \d{3}/g), ['HTTP/1.1 413'])
  })
})

describe('slow ones', () => {
  let slow: Studio
  before(async () => {
    slow = await place.serve({ headerMs: 200, requestMs: 400, idleMs: 500 })
  })

  test('that send their headers byte by byte are ended', async () => {
    const request = [...getRequest('/', 'A: b\r\n'.repeat(100))]
    const { status, elapsedMs } = await sendRaw(slow.port, 'G', { later: request.slice(1), everyMs: 20 })
    assert.equal(status, 408)
    assert.ok(elapsedMs < 1_500, `${elapsedMs} ms`)
  })

  test('that say nothing at all are ended', async () => {
    const { elapsedMs } = await sendRaw(slow.port, '')
    assert.ok(elapsedMs < 1_500, `${elapsedMs} ms`)
  })

  test('that ask once and stay are ended', async () => {
    const request = getRequest('/').replace('Connection: close\r\n', '')
    const { status, elapsedMs } = await sendRaw(slow.port, request)
    assert.equal(status, 200)
    assert.ok(elapsedMs < 2_500, `${elapsedMs} ms`)
  })

  test('that never read what they asked for are ended', async () => {
    writeFileSync(join(place.runs, 'good', 'best.safetensors'), Buffer.alloc(30e6))
    const socket = (await open(slow.port))!
    socket.pause()
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.write(getRequest('/api/runs/good/model/best'))
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    let received = 0
    socket.on('data', (piece) => {
      received += piece.length
    })
    socket.resume()
    await closed
    assert.ok(received < 29e6, `${received} bytes came`)
    writeFileSync(join(place.runs, 'good', 'best.safetensors'), 'weights')
    checksum = checksumOf(place.folder)
  })
})

describe('many', () => {
  test('connections beyond the limit are closed, and it serves on', async () => {
    const sockets = await Promise.all(Array.from({ length: 500 }, () => open(studio.port)))
    const live = sockets.filter((socket) => socket !== null)
    const held = () => live.filter((socket) => !socket.destroyed && socket.readable).length
    // Each is heard of when this process has its turn, which takes as long as the machine is busy.
    for (let look = 0; look < 100 && held() > 256; look++)
      await new Promise((resolve) => setTimeout(resolve, 100))
    const most = held()
    for (const socket of live) socket.destroy()
    assert.ok(most <= 256, `${most} are open`)
    const isServing = () =>
      fetch(studio.url).then(
        ({ status }) => status === 200,
        () => false,
      )
    for (let look = 0; !(await isServing()); look++) {
      assert.ok(look < 100, 'it does not serve on')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })

  test('requests at the same time are answered', async () => {
    const paths = ['', 'api/runs', 'api/runs/good', 'api/runs/good/model/best', 'api/runs/nobody']
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const response = await fetch(studio.url + paths[index % paths.length])
        await response.arrayBuffer()
        return response.status
      }),
    )
    assert.deepEqual(
      statuses,
      statuses.map((_, index) => (index % paths.length === 4 ? 404 : 200)),
    )
  })

  test('streams that are left at once free their places', async () => {
    for (let round = 0; round < 3; round++) {
      const requests = Array.from({ length: 100 }, async () => {
        const socket = await open(studio.port)
        socket?.write(getRequest('/api/runs/good/events'))
        setTimeout(() => socket?.destroy(), 5 * round)
      })
      await Promise.all(requests)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await new EventReader(`${studio.url}api/runs/good/events`).until('ended')
  })
})

test('a Host is its own or not', () => {
  const own = (bound: string, ...headers: readonly string[]) => headers.map((one) => isOwnHost(one, bound))
  assert.deepEqual(
    own('127.0.0.1', 'localhost', 'LOCALHOST:80', '127.0.0.1:1', '[::1]:4747'),
    Array(4).fill(true),
  )
  assert.deepEqual(
    own(
      '127.0.0.1',
      '',
      ':80',
      '10.0.0.1',
      '0.0.0.0',
      'localhost:',
      'localhost:x',
      '[::1',
      '127.0.0.1.nip.io',
    ),
    Array(8).fill(false),
  )
  assert.deepEqual(own('studio.example', 'studio.example:80', '10.0.0.1', 'other.example'), [
    true,
    true,
    false,
  ])
  assert.deepEqual(own('0.0.0.0', '10.0.0.1:80', '[fe80::1]:80', 'other.example'), [true, true, false])
})

test('it listens on this machine only unless told', async () => {
  const everywhere = await startStudio({ page: place.page, runs: null, host: '0.0.0.0' })
  assert.deepEqual([studio.isLocal, everywhere.isLocal], [true, false])
  assert.equal(studio.url, `http://127.0.0.1:${studio.port}/`)
  assert.equal(everywhere.url, `http://localhost:${everywhere.port}/`)
  await everywhere.close()
})
