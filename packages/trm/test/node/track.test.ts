import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createPort } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { InputError } from '@tiny-recursive-models/tensor'
import type { RunTrainingEvent } from '../../src/node/run-training.ts'
import { crc32c } from '../../src/node/track/crc32c.ts'
import { exportRun, runCsv } from '../../src/node/track/export-run.ts'
import { parseTracker, type TrackerChoice } from '../../src/node/track/tracker.ts'
import { trainInWorker } from '../../src/node/train-in-worker.ts'
import { overrideRecipe, recipes } from '../../src/recipes/index.ts'

const parent = mkdtempSync(join(tmpdir(), 'trm-track-'))
after(() => rmSync(parent, { recursive: true, force: true }))

const recipe = overrideRecipe(recipes['sudoku-4x4-trm'], [
  ...['model.width=16', 'model.latentUpdates=1', 'data.train=40', 'data.validation=10', 'data.test=8'],
  ...['optimizer.warmupSteps=2', 'training.batch=8', 'training.steps=12', 'training.evaluateEvery=6'],
  'training.checkpointEvery=4',
])

/** Trains; asks for the end at that step, if one is given. */
async function train(
  folder: string,
  track: readonly TrackerChoice[],
  stopAt?: number,
): Promise<RunTrainingEvent[]> {
  const training = trainInWorker({ folder, recipe, resume: true, threads: 1, track })
  const events: RunTrainingEvent[] = []
  for await (const event of training.events) {
    events.push(event)
    if (event.type === 'step' && event.step === stopAt) training.stop()
  }
  return events
}

const python = process.env.TRM_PYTHON
const missing = (name: string): string | false => {
  if (!python) return `TRM_PYTHON names no Python with ${name}`
  try {
    execFileSync(python, ['-c', `import ${name}`], { stdio: 'ignore' })
    return false
  } catch {
    return `${python} has no ${name}`
  }
}
const runPython = (code: string, ...words: string[]): unknown =>
  JSON.parse(
    execFileSync(python!, ['-c', code, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )

/** Losses by step, as the run folder recorded them. */
const recordedLosses = (folder: string): [number, number][] =>
  readFileSync(join(folder, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; step: number; loss: number })
    .flatMap(({ type, step, loss }): [number, number][] =>
      type === 'step' ? [[step, Math.fround(loss)]] : [],
    )

test('the checksum is that of RFC 3720, and trackers are read from their names', () => {
  assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283)
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
  assert.deepEqual(parseTracker('mlflow=http://127.0.0.1:5000'), {
    kind: 'mlflow',
    url: 'http://127.0.0.1:5000',
  })
  for (const wrong of ['', 'mlflow', 'mlflow=', 'mlflow=ftp://x', 'tensorboard=x', 'wandb '])
    assert.throws(() => parseTracker(wrong), InputError, wrong)
})

describe('TensorBoard', () => {
  const readBack = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
board = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
board.Reload()
print(json.dumps({
    "version": board.file_version,
    "scalars": {tag: [[e.step, e.value] for e in board.Scalars(tag)] for tag in board.Tags()["scalars"]},
    "recipe": board.Tensors("recipe")[0].tensor_proto.string_val[0].decode()}))`

  test('reads back a run that was stopped and resumed, and one that is exported over it', {
    skip: missing('tensorboard'),
  }, async () => {
    const folder = join(parent, 'board')
    await train(folder, [{ kind: 'tensorboard' }], 6)
    const first = readdirSync(folder).find((name) => name.includes('tfevents'))!
    // As if it had been killed after its last checkpoint: the file has steps that will be trained again.
    for (const name of readdirSync(join(folder, 'checkpoints')))
      if (name > 'step-000004.safetensors') rmSync(join(folder, 'checkpoints', name))
    await sleep(1_100) // files are told apart and ordered by the second in their names
    const resumed = await train(folder, [{ kind: 'tensorboard' }])
    assert.ok(resumed.some((event) => event.type === 'folder' && event.resumedFrom === 4))
    const check = () => {
      const {
        version,
        scalars,
        recipe: text,
      } = runPython(readBack, folder) as {
        version: number
        scalars: Record<string, [number, number][]>
        recipe: string
      }
      assert.equal(version, 2)
      assert.deepEqual(scalars['train/loss'], recordedLosses(folder))
      assert.deepEqual(
        scalars['validation/exactAccuracy']!.map(([step]) => step),
        [6, 12],
      )
      assert.equal(scalars['test/exactAccuracy']!.length, 1)
      assert.match(text, /"learningRate"/)
    }
    check()
    await sleep(1_100)
    await exportRun(folder, { kind: 'tensorboard' })
    assert.ok(readdirSync(folder).includes(first))
    check()
  })
})

/** A port of this machine that nobody uses. */
async function freePort(): Promise<number> {
  const server = createPort().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('MLflow', () => {
  test('its server has every figure, one run for one that is resumed, another for an export', {
    skip: missing('mlflow'),
  }, async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const store = `sqlite:///${join(parent, 'mlflow.db')}`
    const server = spawn(
      python!,
      ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'].concat([
        '--backend-store-uri',
        store,
        '--default-artifact-root',
        join(parent, 'artifacts'),
      ]),
      { stdio: 'ignore', detached: true, env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' } },
    )
    const ask = async (path: string, body?: object): Promise<unknown> => {
      const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      })
      assert.equal(response.status, 200, path)
      return response.json()
    }
    try {
      while ((await fetch(`${url}/health`).catch(() => null))?.status !== 200) {
        assert.equal(server.exitCode, null, 'the MLflow server did not start')
        await sleep(200)
      }
      const folder = join(parent, 'flow')
      const told = await train(folder, [{ kind: 'mlflow', url }], 6)
      assert.deepEqual(
        told.filter(({ type }) => type === 'tracker'),
        [],
      )
      await train(folder, [{ kind: 'mlflow', url }])
      const experiment = (await ask('experiments/get-by-name?experiment_name=tiny-recursive-models')) as {
        experiment: { experiment_id: string }
      }
      const search = async () =>
        (
          (await ask('runs/search', { experiment_ids: [experiment.experiment.experiment_id] })) as {
            runs: {
              info: { run_id: string; run_name: string; status: string }
              data: { params: { key: string; value: string }[] }
            }[]
          }
        ).runs
      const [run, ...others] = await search()
      assert.deepEqual([run!.info.run_name, run!.info.status, others.length], ['flow', 'FINISHED', 0])
      const parameters = new Map(run!.data.params.map(({ key, value }) => [key, value]))
      assert.equal(parameters.get('model.width'), '16')
      const history = (await ask(`metrics/get-history?run_id=${run!.info.run_id}&metric_key=train/loss`)) as {
        metrics: { step: number; value: number }[]
      }
      assert.deepEqual(
        history.metrics.map(({ step, value }) => [Number(step), Math.fround(value)]),
        recordedLosses(folder),
      )
      await exportRun(folder, { kind: 'mlflow', url })
      assert.equal((await search()).length, 2)
    } finally {
      // With its own workers.
      process.kill(-server.pid!, 'SIGKILL')
    }
  })

  test('a server that comes back is told everything; one that does not is told of, and stops nothing', async () => {
    let refusals = 2
    const steps: number[] = []
    const answers: RequestListener = (request, response) => {
      let body = ''
      request.on('data', (data) => {
        body += String(data)
      })
      request.on('end', () => {
        if (refusals-- > 0) {
          response.writeHead(503).end('busy')
          return
        }
        const { metrics = [] } = JSON.parse(body || '{}') as { metrics?: { key: string; step: number }[] }
        steps.push(...metrics.flatMap(({ key, step }) => (key === 'train/loss' ? [step] : [])))
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ experiment: { experiment_id: '1' }, run: { info: { run_id: 'r' } } }))
      })
    }
    const all = Array.from({ length: 12 }, (_, index) => index + 1)
    await withServer(answers, async (url) => {
      const folder = join(parent, 'back')
      await train(folder, [{ kind: 'mlflow', url }])
      // However fast the run was, what was refused to it can be told later.
      if (steps.length === 0) await exportRun(folder, { kind: 'mlflow', url })
    })
    assert.deepEqual(steps, all)

    const gone = `http://user:secret@127.0.0.1:${await freePort()}`
    const events = await train(join(parent, 'gone'), [{ kind: 'mlflow', url: gone }])
    assert.ok(events.some(({ type }) => type === 'report'))
    const problems = events.flatMap((event) => (event.type === 'tracker' ? [event.problem] : []))
    assert.ok(problems.length === 1 || problems.length === 2, problems.join('\n'))
    assert.match(
      problems.at(-1)!,
      /^mlflow=http:\/\/127\.0\.0\.1:\d+\/ lacks 15 of the figures: .*ECONNREFUSED/,
    )
    assert.ok(!problems.join().includes('secret'))
    await assert.rejects(exportRun(join(parent, 'gone'), { kind: 'mlflow', url: gone }), InputError)
  })
})

describe('Weights & Biases', () => {
  /** The records of an offline run: LevelDB's log format around protobuf messages. */
  const readBack = `
import glob, json, struct, sys
from wandb.proto import wandb_internal_pb2 as messages
data = open(glob.glob(sys.argv[1] + "/wandb/offline-run-*/run-*.wandb")[0], "rb").read()
place, part, losses, config, code = 7, b"", [], [], None
while place + 7 <= len(data):
    if 32768 - place % 32768 < 7:
        place += 32768 - place % 32768
        continue
    _, length, kind = struct.unpack("<IHB", data[place:place + 7])
    part += data[place + 7:place + 7 + length]
    place += 7 + length
    if kind not in (1, 4):
        continue
    record = messages.Record()
    record.ParseFromString(part)
    part = b""
    which = record.WhichOneof("record_type")
    if which == "run":
        config = [item.key or item.nested_key[0] for item in record.run.config.update]
    if which == "exit":
        code = record.exit.exit_code
    if which == "history":
        row = {(item.key or item.nested_key[0]): json.loads(item.value_json) for item in record.history.item}
        if "train/loss" in row:
            losses.append([row["_step"], row["train/loss"]])
print(json.dumps({"losses": losses, "config": config, "code": code}))`

  test('its own library keeps every figure, offline', { skip: missing('wandb') }, async () => {
    const folder = join(parent, 'biases')
    process.env.WANDB_MODE = 'offline'
    const events = await train(folder, [{ kind: 'wandb' }])
    assert.deepEqual(
      events.filter(({ type }) => type === 'tracker'),
      [],
    )
    const { losses, config, code } = runPython(readBack, folder) as {
      losses: [number, number][]
      config: string[]
      code: number
    }
    assert.deepEqual(
      losses.map(([step, loss]) => [step, Math.fround(loss)]),
      recordedLosses(folder),
    )
    assert.ok(config.includes('optimizer.learningRate'), config.join())
    assert.equal(code, 0)
  })

  test('a Python without it is told of, and stops nothing', async () => {
    const before = process.env.TRM_PYTHON
    process.env.TRM_PYTHON = join(parent, 'no-python')
    try {
      const events = await train(join(parent, 'lonely'), [{ kind: 'wandb' }])
      assert.ok(events.some(({ type }) => type === 'report'))
      const last = events.at(-1)
      assert.ok(last?.type === 'tracker')
      assert.match(last.problem, /no-python.*expected a Python with the wandb package.*TRM_PYTHON/)
    } finally {
      if (before === undefined) delete process.env.TRM_PYTHON
      else process.env.TRM_PYTHON = before
    }
  })
})

test('CSV has a line for each moment and a column for each figure', async () => {
  const folder = join(parent, 'gone')
  const [header, ...lines] = (await runCsv(folder)).trim().split('\n')
  const names = header!.split(',')
  assert.deepEqual(names.slice(0, 3), ['step', 'seconds', 'train/loss'])
  assert.ok(names.includes('validation/exactAccuracy') && names.includes('test/exactAccuracy'))
  // 12 steps, 2 validations, the test.
  assert.equal(lines.length, 15)
  for (const line of lines) assert.equal(line.split(',').length, names.length)
})
