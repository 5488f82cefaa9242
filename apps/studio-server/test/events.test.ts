import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openRunFolder, type RunFolder } from '@tiny-recursive-models/trm/node'
import { getRequest, open } from '../../http-server/test/raw.ts'
import type { Studio } from '../src/index.ts'
import { EventReader, names, type ReadEvent } from './event-reader.ts'
import { doneLine, makeRun, makeWorkplace, stepLine } from './runs-folder.ts'

const place = makeWorkplace()
let studio: Studio
const heartbeatMs = 100

before(async () => {
  studio = await place.serve({ pollMs: 20, heartbeatMs })
})
after(() => place.remove())

const readers: EventReader[] = []
after(() => {
  for (const reader of readers) reader.close()
})

function read(name: string, query = '', headers: Record<string, string> = {}): EventReader {
  const reader = new EventReader(`${studio.url}api/runs/${name}/events${query}`, headers)
  readers.push(reader)
  return reader
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Memory of buffers that something still refers to. */
function heldBytes(): number {
  collectGarbage()
  // What the first found is freed beside the program, and surely gone when the next one begins.
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

const lines = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, index) => stepLine(first + index)).join('')

const stepsOf = (events: readonly ReadEvent[]): number[] =>
  events.filter(({ event }) => event === 'run').map(({ data }) => (JSON.parse(data) as { step: number }).step)

describe('a run that is over', () => {
  before(() => {
    makeRun(place.runs, 'over', lines(1, 3) + doneLine(3))
  })

  test('comes whole and ends', async () => {
    const reader = read('over')
    const events = await reader.until('ended')
    assert.deepEqual(names(events), ['begin', 'run 1', 'run 2', 'run 3', 'run 4', 'live', 'ended'])
    assert.equal(`${events[1]!.data}\n`, stepLine(1))
    assert.deepEqual(JSON.parse(events.at(-1)!.data), { status: 'done' })
    assert.equal(await reader.next(), null)
  })

  test('comes from the line on that is not known', async () => {
    const expected = ['begin', 'run 3', 'run 4', 'live', 'ended']
    assert.deepEqual(names(await read('over', '?after=2').until('ended')), expected)
    assert.deepEqual(names(await read('over', '', { 'last-event-id': '2' }).until('ended')), expected)
    // The browser's own header is the newer one: the address stays as it was first asked for.
    const both = read('over', '?after=0', { 'last-event-id': '4' })
    assert.deepEqual(names(await both.until('ended')), ['begin', 'live', 'ended'])
  })

  test('comes anew where more is known than there is', async () => {
    const events = await read('over', '?after=9').until('ended')
    assert.deepEqual(names(events), ['begin', 'reset', 'run 1', 'run 2', 'run 3', 'run 4', 'live', 'ended'])
  })

  test('is refused for a place that is no number', async () => {
    for (const query of ['?after=x', '?after=-1', '?after=1e3', '?after=', '?after=9999999999999'])
      assert.equal((await fetch(`${studio.url}api/runs/over/events${query}`)).status, 400, query)
  })

  test('shows damaged lines as such', async () => {
    makeRun(place.runs, 'odd', `${stepLine(1)}\u0000\u0000\n{"a":\r1}\n${stepLine(2)}{"torn`)
    const events = await read('odd').until('ended')
    assert.deepEqual(names(events), ['begin', 'run 1', 'damaged 2', 'damaged 3', 'run 4', 'live', 'ended'])
    assert.deepEqual(JSON.parse(events.at(-1)!.data), { status: 'damaged' })
  })

  test('has no events yet', async () => {
    rmSync(join(makeRun(place.runs, 'empty', ''), 'events.jsonl'))
    assert.deepEqual(names(await read('empty').until('ended')), ['begin', 'live', 'ended'])
  })

  test('of 30 MB comes without being held in memory', async () => {
    const path = makeRun(place.runs, 'long', '')
    const padding = 'x'.repeat(1_500)
    const file = openSync(join(path, 'events.jsonl'), 'a')
    for (let step = 1; step <= 20_000; step += 1_000) {
      const batch = Array.from({ length: 1_000 }, (_, index) =>
        JSON.stringify({ type: 'step', step: step + index, padding }),
      )
      writeSync(file, `${batch.join('\n')}\n`)
    }
    closeSync(file)
    // A reader that does not read: the server must wait for it, not fill its memory.
    const before = heldBytes()
    const waiting = await fetch(`${studio.url}api/runs/long/events`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const held = heldBytes() - before
    assert.ok(held < 10e6, `${held} bytes of 30 MB`)
    await waiting.body!.cancel()
    const reader = read('long', '?after=19990')
    assert.deepEqual(
      stepsOf(await reader.until('ended')),
      [19991, 19992, 19993, 19994, 19995, 19996, 19997, 19998, 19999, 20000],
    )
  })
})

describe('a run that is running', () => {
  let run: RunFolder
  let file: string
  let number = 0
  let name: string

  beforeEach(async () => {
    await run?.close()
    name = `running-${++number}`
    const path = makeRun(place.runs, name, lines(1, 2))
    file = join(path, 'events.jsonl')
    run = await openRunFolder(path)
    await run.lock()
  })
  after(() => run.close())

  test('is followed line by line until its trainer is gone', async () => {
    const reader = read(name)
    assert.deepEqual(names(await reader.until('live')), ['begin', 'run 1', 'run 2', 'live'])
    appendFileSync(file, stepLine(3))
    assert.deepEqual(await reader.next(), { id: '3', event: 'run', data: stepLine(3).trimEnd() })
    const torn = stepLine(4)
    appendFileSync(file, torn.slice(0, 9))
    await new Promise((resolve) => setTimeout(resolve, 60))
    appendFileSync(file, torn.slice(9))
    assert.deepEqual(await reader.next(), { id: '4', event: 'run', data: torn.trimEnd() })
    appendFileSync(file, doneLine(4))
    await run.close()
    assert.deepEqual(names(await reader.until('ended')), ['run 5', 'ended'])
  })

  test('sends a sign of life where nothing happens', async () => {
    const reader = read(name)
    await reader.until('live')
    const began = performance.now()
    const next = reader.next()
    while (reader.comments < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    appendFileSync(file, stepLine(3))
    await next
    // However slow the machine: no more signs than intervals have passed.
    const intervals = (performance.now() - began) / heartbeatMs
    assert.ok(reader.comments <= intervals + 1, `${reader.comments} comments in ${intervals} intervals`)
  })

  test('goes on where a broken connection ended', async () => {
    const first = read(name)
    const id = (await first.until('live')).at(-2)!.id!
    first.close()
    appendFileSync(file, lines(3, 5))
    const second = read(name, '', { 'last-event-id': id })
    assert.deepEqual(stepsOf(await second.until('live')), [3, 4, 5])
    appendFileSync(file, stepLine(6))
    assert.equal((await second.next())?.id, '6')
  })

  test('begins again where its file is cut', async () => {
    const reader = read(name)
    await reader.until('live')
    truncateSync(file, stepLine(1).length)
    assert.deepEqual(names(await reader.until('live')), ['reset', 'run 1', 'live'])
    appendFileSync(file, stepLine(7))
    assert.deepEqual(stepsOf([(await reader.next())!]), [7])
  })

  test('begins again where its file is replaced, and says that it is another', async () => {
    const reader = read(name)
    const [begin] = await reader.until('live')
    // As a run that is resumed does it: the events up to its checkpoint in a new file, then others.
    writeFileSync(`${file}.new`, lines(1, 1) + lines(12, 14))
    renameSync(`${file}.new`, file)
    const events = await reader.until('live')
    assert.equal(events[0]!.event, 'reset')
    assert.deepEqual(stepsOf(events), [1, 12, 13, 14])
    const [other] = await read(name, '', { 'last-event-id': '2' }).until('live')
    assert.notEqual(other!.data, begin!.data)
  })

  test('ends where its folder is removed', async () => {
    const reader = read(name)
    await reader.until('live')
    await run.close()
    rmSync(join(place.runs, name), { recursive: true })
    const events = await reader.until('ended')
    assert.deepEqual(JSON.parse(events.at(-1)!.data), { status: 'damaged' })
  })
})

test('streams are limited in number, and free their place when they end', async () => {
  const path = makeRun(place.runs, 'wanted', lines(1, 1))
  const run = await openRunFolder(path)
  await run.lock()
  const small = await place.serve({ eventStreams: 3, pollMs: 20 })
  const address = `${small.url}api/runs/wanted/events`
  const open = [1, 2, 3].map(() => new EventReader(address))
  for (const reader of open) await reader.until('live')
  const refused = await fetch(address)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
  assert.equal(((await refused.json()) as { got: string }).got, 'one more')
  assert.equal((await fetch(address, { method: 'HEAD' })).status, 503)
  assert.equal((await fetch(`${small.url}api/runs`)).status, 200)
  open[0]!.close()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const next = new EventReader(address)
  await next.until('live')
  await run.close()
  for (const reader of [next, open[1]!, open[2]!]) await reader.until('ended')
  for (let again = 0; again < 5; again++) await new EventReader(address).until('ended')
})

test('a studio ends at once, whatever is open', async () => {
  const path = makeRun(place.runs, 'left-open', stepLine(1))
  writeFileSync(join(path, 'best.safetensors'), new Uint8Array(20e6))
  const run = await openRunFolder(path)
  await run.lock()
  const studio = await place.serve()
  const readers = [1, 2, 3].map(() => new EventReader(`${studio.url}api/runs/left-open/events`))
  for (const reader of readers) await reader.until('live')
  const sockets = [await open(studio.port), await open(studio.port), await open(studio.port)]
  sockets[1]!.write('GET / HT')
  sockets[2]!.pause()
  sockets[2]!.write(getRequest('/api/runs/left-open/model/best'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const startedMs = performance.now()
  await studio.close()
  const elapsedMs = performance.now() - startedMs
  assert.ok(elapsedMs < 300, `${elapsedMs} ms`)
  for (const reader of readers) assert.equal(await reader.next().catch(() => null), null)
  await assert.rejects(fetch(studio.url))
  for (const socket of sockets) socket!.destroy()
  await run.close()
})
