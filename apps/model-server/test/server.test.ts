import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { boardOfData, effortOf, newPuzzle, think } from '@tiny-recursive-models/trm'
import { openExecutor, openShippedModel } from '@tiny-recursive-models/trm/node'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { getRequest, open, sendRaw } from '../../http-server/test/raw.ts'
import {
  type ModelServer,
  type ModelServerLimits,
  type ModelsAnswer,
  type SolveAnswer,
  startModelServer,
} from '../src/index.ts'

const { model, recipe } = await openShippedModel('sudoku-4x4')
const board = boardOfData(recipe.data, model.config)!
const computing = { executor: 'wasm' } as const
const questions = Array.from(
  { length: 24 },
  (_, row) => newPuzzle(board.kind, recipe.data, row + 1)!.question,
)
const inOneLine = (tokens: ArrayLike<number>): string =>
  Array.from(tokens, (token) => board.marks[token]!).join('')
const puzzles = questions.map(inOneLine)
const endless = { puzzle: puzzles[0]!, early: false, maxSteps: 100_000 }

const faults: unknown[] = []
async function start(limits: Partial<ModelServerLimits> = {}, slots = 8): Promise<ModelServer> {
  const server = await startModelServer({
    models: [
      { name: 'small', model, board },
      { name: 'bare', model, board: null },
    ],
    version: '0.0.0',
    computing,
    slots,
    limits,
    onFault: (error) => faults.push(error),
  })
  await server.ready
  return server
}

const ask = (server: ModelServer, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}v1/solve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
const solve = async (server: ModelServer, body: unknown): Promise<SolveAnswer> => {
  const response = await ask(server, body)
  assert.equal(response.status, 200, await response.clone().text())
  return (await response.json()) as SolveAnswer
}

/** Value of one line of /metrics; 0 where there is none. */
async function metric(server: ModelServer, line: string): Promise<number> {
  const text = await (await fetch(`${server.url}metrics`)).text()
  const found = text.split('\n').find((one) => one.startsWith(`${line} `))
  return Number(found?.split(' ').at(-1) ?? 0)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

let server: ModelServer
before(async () => {
  server = await start({ maxSteps: 100_000 })
})
after(async () => {
  await server.close()
  assert.deepEqual(faults, [])
})

describe('answers', () => {
  test('are those of think, however many ask', async () => {
    const executor = await openExecutor({ executor: 'wasm' })
    const answers = await Promise.all(puzzles.map((puzzle) => solve(server, { puzzle, trace: true })))
    for (const [index, answer] of answers.entries()) {
      const thoughts = []
      for await (const thought of think(executor, model, questions[index]!, { halting: 'early' }))
        thoughts.push(thought)
      assert.equal(answer.question, puzzles[index])
      assert.equal(answer.answer, inOneLine(thoughts.at(-1)!.answer))
      assert.equal(answer.steps, thoughts.length)
      assert.equal(answer.solved, board.rule!.isSolved(questions[index]!, thoughts.at(-1)!.answer))
      assert.deepEqual(
        answer.trace!.map(({ tokens, haltProbability }) => [tokens, haltProbability]),
        thoughts.map((thought) => [[...thought.answer], thought.haltProbability]),
      )
    }
  })

  test('share their steps', async () => {
    const name = 'trm_batch_steps_total{model="small"}'
    const before = await metric(server, name)
    const ask24 = () =>
      Promise.all(puzzles.map((puzzle) => solve(server, { puzzle, early: false, maxSteps: 200 })))
    const answers = await ask24()
    const alone = answers.reduce((sum, { steps }) => sum + steps, 0)
    const together = (await metric(server, name)) - before
    assert.ok(together > 0 && together <= alone / 3, `${together} steps of the batch for ${alone}`)
    assert.deepEqual(await ask24(), answers, 'the same again')
  })

  test('come for tokens as for a text, and for a model whose symbols have no names', async () => {
    const tokens = [...questions[0]!]
    const text = await solve(server, { puzzle: puzzles[0] })
    assert.deepEqual(await solve(server, { tokens }), text)
    const bare = await solve(server, { tokens, model: 'bare' })
    assert.deepEqual([bare.tokens, bare.answer, bare.solved], [text.tokens, null, null])
  })

  test('take all steps if asked, or some', async () => {
    const all = await solve(server, { puzzle: puzzles[0], early: false })
    assert.deepEqual([all.steps, all.attempts[0]!.ended], [model.config.supervisionSteps, 'steps'])
    assert.equal((await solve(server, { puzzle: puzzles[0], early: false, maxSteps: 2 })).steps, 2)
  })

  test('take several attempts', async () => {
    const body = { puzzle: puzzles[0], attempts: 3, vote: true, symmetries: true, seed: 7, maxSteps: 2 }
    const answer = await solve(server, body)
    assert.deepEqual(
      answer.attempts.map(({ attempt }) => attempt),
      [0, 1, 2],
    )
    assert.equal(answer.attempts[answer.chosen]!.answer, answer.answer)
    const effort = effortOf({ attempts: 3 }, model.config)
    assert.ok(effort.attempts === 3 && answer.steps === 6)
  })
})

describe('what is wrong', () => {
  const cases: Readonly<Record<string, readonly [body: unknown, status: number, says: RegExp]>> = {
    'no JSON': ['{"puzzle"', 400, /JSON/],
    nothing: ['', 400, /nothing/],
    'a list': ['[]', 422, /body/],
    'no puzzle': [{}, 422, /either puzzle or tokens/],
    'two puzzles': [{ puzzle: puzzles[0], tokens: [] }, 422, /both/],
    'an unknown field': [{ puzzle: puzzles[0], step: 3 }, 422, /step/],
    'a field of another type': [{ puzzle: 3 }, 422, /body\.puzzle/],
    'a puzzle of another size': [{ puzzle: '2.5.....6....4..3.....4..53..1...3..' }, 422, /6×6 Sudoku/],
    'no puzzle at all': [{ puzzle: 'hello' }, 422, /hello|cells/],
    'a long text': [{ puzzle: '1'.repeat(60_000) }, 422, /one puzzle/],
    'a contradiction': [{ puzzle: '11..............' }, 422, /already in/],
    'few tokens': [{ tokens: [1] }, 422, /16 tokens from 0 to/],
    'a token too large': [{ tokens: new Array(16).fill(99) }, 422, /a token 99/],
    'a token that is no number': [{ tokens: new Array(16).fill('1') }, 422, /tokens/],
    'a text for a model without names': [{ puzzle: puzzles[0], model: 'bare' }, 422, /tokens/],
    'no step': [{ puzzle: puzzles[0], maxSteps: 0 }, 422, /maxSteps/],
    'too many steps': [{ puzzle: puzzles[0], maxSteps: 100_001 }, 422, /100000/],
    'too many attempts': [{ puzzle: puzzles[0], attempts: 17 }, 422, /16/],
    'a vote of one': [{ puzzle: puzzles[0], vote: true }, 422, /several attempts/],
    'an unknown identifier': [{ puzzle: puzzles[0], identifier: 1 }, 422, /identifier/],
    'an unknown model': [{ puzzle: puzzles[0], model: '../large' }, 404, /small, bare/],
    'a prototype': ['{"__proto__": {"puzzle": "1"}}', 422, /body|either/],
    'deep nesting': [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 422, /body/],
  }
  for (const [name, [body, status, says]] of Object.entries(cases))
    test(`${name} is refused`, async () => {
      const response = await ask(server, body)
      const text = await response.text()
      assert.equal(response.status, status, text)
      assert.match(text, says)
      assert.deepEqual(Object.keys(JSON.parse(text)), ['who', 'expected', 'got', 'hint'])
    })

  test('another type than JSON is refused, which a foreign page may send unasked', async () => {
    const headers = { 'content-type': 'text/plain' }
    assert.equal((await ask(server, { puzzle: puzzles[0] }, { headers })).status, 415)
  })

  test('a body that is too large is refused, in chunks too', async () => {
    assert.equal((await ask(server, { puzzle: 'x'.repeat(70_000) })).status, 413)
    const chunk = `ffff\r\n${' '.repeat(0xffff)}\r\n`
    const head =
      'POST /v1/solve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
    assert.equal((await sendRaw(server.port, `${head}${chunk}${chunk}`)).status, 413)
  })

  const post = (headers: string, body = '{}') =>
    `POST /v1/solve HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  const hostile: Readonly<Record<string, readonly [request: string, status: number | null]>> = {
    'a foreign Host': [post('Host: example.org\r\n'), 403],
    'a Host that only begins well': [post('Host: localhost.example.org\r\n'), 403],
    'no Host': [post(''), 400],
    'two Hosts': [post('Host: localhost\r\nHost: localhost\r\n'), 400],
    'a page of another host': [post('Host: localhost\r\nSec-Fetch-Site: cross-site\r\n'), 403],
    'another method': [post('Host: localhost\r\n').replace('POST', 'PUT'), 405],
    'OPTIONS of a foreign page': [post('Host: localhost\r\n').replace('POST', 'OPTIONS'), 405],
    'GET of what is sent': [getRequest('/v1/solve'), 405],
    'POST of what is asked': [post('Host: localhost\r\n').replace('/v1/solve', '/metrics'), 405],
    'a body with GET': [getRequest('/metrics', 'Content-Length: 2\r\n').concat('{}'), 413],
    'a huge length': [post('Host: localhost\r\n').replace(/Length: \d+/, 'Length: 99999999999'), 413],
    'length and chunks': [post('Host: localhost\r\nTransfer-Encoding: chunked\r\n'), 400],
    'another path': [getRequest('/v1/solve/../../etc/passwd'), 404],
    'another host in the path': [getRequest('http://example.org/'), 400],
    'a huge header': [getRequest('/', `A: ${'a'.repeat(1e6)}\r\n`), 431],
    'no HTTP at all': ['hello\r\n\r\n', 400],
    CONNECT: ['CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', null],
    'its own page': [post('Host: localhost\r\nSec-Fetch-Site: same-origin\r\n'), 422],
  }
  for (const [name, [request, expected]] of Object.entries(hostile))
    test(`${name} is answered with ${expected ?? 'nothing'}`, async () => {
      const { status, text } = await sendRaw(server.port, request)
      assert.equal(status, expected, text)
    })
})

test('clients that go away free their slots', async () => {
  const sockets = await Promise.all(Array.from({ length: 30 }, () => open(server.port)))
  const body = JSON.stringify(endless)
  for (const socket of sockets)
    socket?.write(
      `POST /v1/solve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  await until(async () => (await metric(server, 'trm_puzzles_in_progress{model="small"}')) > 0)
  for (const socket of sockets) socket?.destroy()
  await until(
    async () =>
      (await metric(server, 'trm_puzzles_in_progress{model="small"}')) +
        (await metric(server, 'trm_queue_waiting{model="small"}')) ===
      0,
  )
  assert.equal((await solve(server, { puzzle: puzzles[0] })).solved, true)
})

test('what takes too long is given up', async () => {
  const response = await ask(server, { ...endless, timeoutMs: 100 })
  assert.equal(response.status, 504)
  assert.match(await response.text(), /within 0\.1 s/)
})

test('more than may wait are told when to ask again, and it stops when all the others are answered', async () => {
  const small = await start({ waiting: 2, maxSteps: 100_000, solveMs: 60_000 }, 2)
  // 2 slots and 1 that the batch has at hand; 2 wait.
  const long = { ...endless, maxSteps: 600 }
  const given = Array.from({ length: 5 }, () => ask(small, long))
  await until(async () => (await metric(small, 'trm_queue_waiting{model="small"}')) === 2)
  const refused = await ask(small, long)
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  assert.equal((await fetch(`${small.url}healthz`)).status, 200)
  assert.equal((await fetch(`${small.url}readyz`)).status, 200)
  const finished = small.finish()
  assert.equal(await open(small.port), null, 'no new connection')
  for (const response of await Promise.all(given)) {
    assert.equal(response.status, 200)
    assert.equal(((await response.json()) as SolveAnswer).steps, 600)
  }
  await finished
})

test('it answers before its models are open, and can be stopped then', async () => {
  const starting = await startModelServer({
    models: [{ name: 'small', model, board }],
    version: '0.0.0',
    computing,
  })
  assert.equal((await fetch(`${starting.url}healthz`)).status, 200)
  const early = await fetch(`${starting.url}readyz`)
  assert.deepEqual([early.status, await early.json()], [503, { status: 'starting' }])
  const refused = await ask(starting, { puzzle: puzzles[0] })
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
  await starting.finish()
})

test('the description is valid OpenAPI, and holds of real answers', async () => {
  const description = (await (await fetch(`${server.url}openapi.json`)).json()) as Record<string, object>
  const validator = new Validator()
  const { valid, errors } = await validator.validate(description)
  assert.ok(valid, JSON.stringify(errors))
  const ajv = new Ajv2020({ strict: false })
  ajv.addSchema(description, 'api')
  const check = (name: string, value: unknown): void => {
    const isValid = ajv.getSchema(`api#/components/schemas/${name}`)!
    assert.ok(isValid(value), `${name}: ${JSON.stringify(isValid.errors)}`)
  }
  const body = { puzzle: puzzles[0], trace: true }
  check('SolveBody', body)
  check('SolveAnswer', await solve(server, body))
  check('SolveAnswer', await solve(server, { tokens: [...questions[0]!], model: 'bare' }))
  check('ModelsAnswer', await (await fetch(`${server.url}v1/models`)).json())
  check('StatusAnswer', await (await fetch(`${server.url}healthz`)).json())
  check('Problem', await (await ask(server, {})).json())
  const isBody = ajv.getSchema('api#/components/schemas/SolveBody')!
  for (const wrong of [
    {},
    { puzzle: 'a', tokens: [] },
    { puzzle: 'a', maxSteps: 0 },
    { puzzle: 'a', more: 1 },
  ])
    assert.equal(isBody(wrong), false, JSON.stringify(wrong))
})

test('the models say what they solve', async () => {
  const { models } = (await (await fetch(`${server.url}v1/models`)).json()) as ModelsAnswer
  assert.deepEqual(
    models.map(({ name, title, cells, slots }) => [name, title, cells, slots]),
    [
      ['small', '4×4 Sudoku', 16, 8],
      ['bare', null, 16, 8],
    ],
  )
})

test('the metrics are lines that Prometheus reads', async () => {
  const response = await fetch(`${server.url}metrics`)
  assert.match(response.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/)
  const lines = (await response.text()).trim().split('\n').filter(Boolean)
  const sample = /^[a-z_:][\w:]*(\{([a-z_]\w*="[^"\n]*",?)*\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|Nan|[+-]Inf)$/i
  const comment = /^# (HELP [a-z_:][\w:]* .+|TYPE [a-z_:][\w:]* (counter|gauge|histogram|summary))$/i
  assert.deepEqual(
    lines.filter((line) => !sample.test(line) && !comment.test(line)),
    [],
  )
  const solved = await metric(server, 'trm_puzzles_total{model="small",solved="yes"}')
  const answered = await metric(server, 'trm_puzzle_steps_count{model="small"}')
  assert.ok(solved > 0 && answered >= solved)
  assert.ok((await metric(server, 'trm_http_requests_total{route="refused",status="403"}')) > 0)
  assert.equal(await metric(server, 'trm_slots{model="small"}'), 8)
})

test('it refuses two models with one name', async () => {
  const twice = { name: 'small', model, board }
  await assert.rejects(startModelServer({ models: [twice, twice], version: '0' }), /two models named small/)
})
