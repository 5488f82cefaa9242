import { type HttpServer, type ServerRules, startHttpServer } from '@tiny-recursive-models/http-server'
import { InputError } from '@tiny-recursive-models/trm'
import type { WorkerSolverOptions } from '@tiny-recursive-models/trm/node'
import { createApp, faultProblem, type ServerState, who } from './app.ts'
import { type ModelServerLimits, modelServerLimits } from './limits.ts'
import { ModelServerMetrics } from './metrics.ts'
import { type ModelToServe, ServedModel } from './served-model.ts'

export interface ModelServerOptions extends Pick<WorkerSolverOptions, 'computing' | 'slots'> {
  /** The first answers requests that name none. */
  readonly models: readonly ModelToServe[]
  /** Of the program, for the description. */
  readonly version: string
  /** Threads of every model, each with a batch of its own; by default 1. */
  readonly threads?: number
  /** Other machines reach it only where this is no loopback address. */
  readonly host?: string
  /** 0: one that is free. */
  readonly port?: number
  /** Names besides its own under which it may be asked, such as that of a proxy in front of it. */
  readonly allowedHosts?: readonly string[]
  readonly limits?: Partial<ModelServerLimits>
  /** Told about faults of the program; by default they are written to stderr. */
  readonly onFault?: (error: unknown) => void
}

export interface ModelServer extends Pick<HttpServer, 'url' | 'port' | 'isLocal'> {
  /** When it takes puzzles; rejected if a model cannot be opened. */
  readonly ready: Promise<readonly ServedModel[]>
  /** Rejected when a thread that computes has ended; it cannot go on. */
  readonly broken: Promise<never>
  /** Takes nothing new, and ends when all that was asked is answered. */
  finish(): Promise<void>
  /** Ends everything at once. */
  close(): Promise<void>
}

/**
 * Answers puzzles over HTTP. It listens at once, and takes puzzles when `ready`.
 * @throws InputError if it cannot listen, or two models have one name
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { host = '127.0.0.1', port = 0, threads = 1, models, version } = options
  const { allowedHosts = [], onFault = (error) => console.error(error) } = options
  checkNames(models)
  const wanted = { ...modelServerLimits, ...options.limits }
  // A connection is not idle while its puzzle is being solved.
  const limits = { ...wanted, idleMs: Math.max(wanted.idleMs, wanted.solveMs + 10_000) }
  const state: ServerState = { status: 'starting', models: [] }
  const metrics = new ModelServerMetrics()
  const app = createApp({ state, limits, metrics, version, onFault })
  const server = await startHttpServer({
    fetch: (request) => app.fetch(request),
    host,
    port,
    limits,
    rules: { ...rules, allowedHosts },
    faultProblem,
    onFault,
    onRefusal: (status) => metrics.noteRequest('refused', status),
  })

  let breakOff: (error: InputError) => void
  const broken = new Promise<never>((_, reject) => {
    breakOff = reject
  })
  broken.catch(() => undefined)
  const open = async (served: ModelToServe): Promise<ServedModel> => {
    const { computing, slots } = options
    const model = await ServedModel.open(served, {
      ...(computing !== undefined && { computing }),
      ...(slots !== undefined && { slots }),
      threads,
      waiting: limits.waiting,
      onStep: (computed, busy) => metrics.noteStep(served.name, computed, busy),
      onCrash: (error) => breakOff(error),
    })
    metrics.watch(served.name, model.queue)
    return model
  }
  const ready = openAll(models, open).then((opened) => {
    state.models = opened
    if (state.status === 'starting') state.status = 'ready'
    return opened
  })
  ready.catch(() => undefined)
  const closeModels = async (): Promise<void> => {
    const opened = await ready.catch(() => [])
    await Promise.all(opened.map((model) => model.close()))
  }
  return {
    url: server.url,
    port: server.port,
    isLocal: server.isLocal,
    ready,
    broken,
    async finish() {
      state.status = 'stopping'
      await server.finish()
      await closeModels()
    },
    async close() {
      state.status = 'stopping'
      await server.close()
      await closeModels()
    },
  }
}

const rules: ServerRules = {
  who,
  methods: ['GET', 'HEAD', 'POST'],
  methodHint: 'GET /openapi.json describes what is answered.',
  hostHint: 'Ask under the address that `trm serve` printed, or name others with --allow-host.',
  ownPages: '/',
}

/** One after the other; those that are open are closed where one cannot be opened. */
async function openAll(
  models: readonly ModelToServe[],
  open: (served: ModelToServe) => Promise<ServedModel>,
): Promise<readonly ServedModel[]> {
  const opened: ServedModel[] = []
  try {
    for (const served of models) opened.push(await open(served))
  } catch (error) {
    await Promise.all(opened.map((model) => model.close()))
    throw error
  }
  return opened
}

function checkNames(models: readonly ModelToServe[]): void {
  const names = models.map(({ name }) => name)
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (models.length > 0 && twice === undefined) return
  throw new InputError({
    who,
    expected: 'one or more models with different names',
    got: twice === undefined ? 'none' : `two models named ${twice}`,
    hint: 'Name every model once.',
  })
}
