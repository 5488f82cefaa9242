import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import {
  type ModelServer,
  type ModelToServe,
  modelServerLimits,
  startModelServer,
} from '@tiny-recursive-models/model-server'
import { boardOfData } from '@tiny-recursive-models/trm'
import { usualBatchSlots } from '@tiny-recursive-models/trm/evaluate'
import { plural } from '@tiny-recursive-models/trm/format'
import { type CheckpointChoice, thinkingWorkload } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { onInterrupt } from '../options/interrupt.ts'
import { computingFor } from '../options/open-chosen.ts'
import {
  type ComputingOptions,
  checkpointOption,
  deviceOption,
  executorOption,
  given,
  jsonOption,
  threadsOption,
  wholeNumber,
} from '../options/options.ts'
import { showError } from '../output/errors.ts'
import { openShownModel } from '../output/open-model.ts'
import { Progress } from '../output/progress.ts'
import { isOutputClosed, onOutputClosed, print, printJsonLine } from '../output/streams.ts'

interface ServeOptions extends ComputingOptions {
  readonly host: string
  readonly port: number
  readonly allowHost?: readonly string[]
  readonly checkpoint?: CheckpointChoice
  readonly slots?: number
  readonly maxSteps: number
  readonly maxAttempts: number
  readonly queue: number
  readonly timeout: number
  readonly json?: true
}

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
const { maxSteps, attempts, waiting, solveMs } = modelServerLimits

export function addServe(command: Command): void {
  command
    .option('--host <name>', 'address to listen on; anything but localhost lets others in', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 picks a free one', wholeNumber(0, 65_535), 8080)
    .option(
      '--allow-host <name>',
      'another name that requests may be sent to, such as that of a proxy (repeatable)',
      (name: string, before: readonly string[] = []): readonly string[] => [...before, name],
    )
    .addOption(checkpointOption())
    .addOption(executorOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option(
      '--slots <count>',
      'puzzles that a thread works on side by side (default: by the size of the model, at most 16)',
      wholeNumber(1, 1024),
    )
    .option('--max-steps <count>', 'most steps a request may ask for', wholeNumber(1, 100_000), maxSteps)
    .option('--max-attempts <count>', 'most attempts a request may ask for', wholeNumber(1, 10_000), attempts)
    .option('--queue <count>', 'puzzles that may wait; more are refused', wholeNumber(0, 100_000), waiting)
    .option(
      '--timeout <seconds>',
      'time for an answer, waiting included',
      wholeNumber(1, 3600),
      solveMs / 1000,
    )
    .addOption(jsonOption('print the address and the models as a line of JSON'))
    .addHelpText(
      'after',
      `
POST /v1/solve answers a puzzle; /openapi.json describes it, /metrics is for Prometheus. Ctrl-C or SIGTERM
stops the server when all that was asked is answered; a second one stops it at once.

Examples:
  trm serve sudoku-6x6
  trm serve sudoku-extreme maze-small --port 9000
  trm serve mine=runs/first --host 0.0.0.0 --allow-host puzzles.example.org
  curl -s localhost:8080/v1/solve -H 'Content-Type: application/json' \\
    -d '{"puzzle": "2.5.....6....4..3.....4..53..1...3.."}'`,
    )
    .action(runServe)
}

async function runServe(words: readonly string[], options: ServeOptions): Promise<void> {
  const { host, port, allowHost, slots, json, threads = availableParallelism() } = options
  const models: ModelToServe[] = []
  for (const word of words) models.push(await modelToServe(word, options))
  const server = await startModelServer({
    models,
    version,
    host,
    port,
    threads,
    ...given('allowedHosts', allowHost),
    ...given('slots', slots),
    limits: {
      maxSteps: options.maxSteps,
      attempts: options.maxAttempts,
      waiting: options.queue,
      solveMs: options.timeout * 1000,
    },
    onFault: (error) => showError(error, json === true),
  })
  const stopped = untilStopped()
  if (!server.isLocal)
    process.stderr.write(`warning: anyone who can reach this machine can ask it (--host ${host})\n`)
  const showing = showOpening(models, json === true)
  try {
    await Promise.race([server.ready, stopped, server.broken]).finally(showing)
    await Promise.race([announce(server, json === true), stopped, server.broken])
    await Promise.race([stopped, server.broken])
  } catch (error) {
    await server.close()
    throw error
  }
  if (!json) process.stderr.write('stopping when all that was asked is answered; again to stop at once\n')
  await server.finish()
}

/** `name=model`, or a model that is named by itself. */
async function modelToServe(
  word: string,
  { checkpoint, slots, json, ...options }: ServeOptions,
): Promise<ModelToServe> {
  const named = /^([\w.-]+)=(.+)$/s.exec(word)
  const path = named?.[2] ?? word
  const { model, recipe } = await openShownModel(path, checkpoint, { silent: false })
  const name = named?.[1] ?? basename(path).replace(/\.safetensors$/, '')
  const progress = new Progress(json === true)
  const inBatch = slots ?? usualBatchSlots(model)
  const workload = thinkingWorkload(model.config, Number.POSITIVE_INFINITY, 1, inBatch)
  // A thread has a batch of its own.
  const { threads, ...computing } = await computingFor(workload, { ...options, threads: 1 }, progress)
  progress.stop()
  return { name, model, board: boardOfData(recipe.data, model.config) ?? null, computing }
}

/** Compiling the programs takes a while. Returns what ends it. */
function showOpening(models: readonly ModelToServe[], silent: boolean): () => void {
  const progress = new Progress(silent)
  const names = models.map(({ name }) => name).join(', ')
  const startedMs = performance.now()
  const show = (): void => {
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    progress.update(null, `opening ${names}, ${seconds} s …`)
  }
  show()
  const timer = setInterval(show, 500)
  return () => {
    clearInterval(timer)
    progress.stop()
  }
}

async function announce({ url, port, ready }: ModelServer, asJson: boolean): Promise<void> {
  const models = (await ready).map((model) => ({ ...model.facts(), executor: model.executor }))
  if (asJson) {
    printJsonLine({
      url,
      port,
      models: models.map(({ name, slots, executor }) => ({ name, slots, executor })),
    })
    return
  }
  print(`serve   ${url}`)
  for (const { name, title, slots, executor } of models)
    print(`model   ${name}: ${title ?? 'tokens'}, ${plural(slots, 'slot')}, ${executor} each`)
  print('Ctrl-C stops it')
}

/** Until Ctrl-C or SIGTERM, or until nobody reads what is printed any more. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    if (isOutputClosed()) resolve()
    onInterrupt(resolve)
    onOutputClosed(resolve)
  })
}
