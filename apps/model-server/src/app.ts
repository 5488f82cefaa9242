/** What is answered to which path. */
import { bodyTooLarge, notFound, problemOf, quoted, Refusal } from '@tiny-recursive-models/http-server'
import { InputError } from '@tiny-recursive-models/trm'
import { QueueFullError } from '@tiny-recursive-models/trm/evaluate'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { routePath } from 'hono/route'
import { secureHeaders } from 'hono/secure-headers'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { type ModelsAnswer, type StatusAnswer, solveBody } from './api.ts'
import type { ModelServerLimits } from './limits.ts'
import type { ModelServerMetrics } from './metrics.ts'
import { describeApi } from './openapi.ts'
import { Pace } from './pace.ts'
import type { ServedModel } from './served-model.ts'

export const who = 'model server'

/** What the server is at. */
export interface ServerState {
  status: 'starting' | 'ready' | 'stopping'
  /** Empty while it starts. */
  models: readonly ServedModel[]
}

export interface AppOptions {
  readonly state: ServerState
  readonly limits: ModelServerLimits
  readonly metrics: ModelServerMetrics
  readonly version: string
  /** Told about faults of the program. */
  readonly onFault: (error: unknown) => void
}

/** Why a puzzle was given up. */
class TimeIsUp extends Error {}

/** So is one whose client is gone; what it gives as a reason is no error. */
class ClientIsGone extends Error {}

/** What nobody waits for any more is counted as this, after the proxies that do so. */
const clientIsGone = 499

export function createApp({ state, limits, metrics, version, onFault }: AppOptions): Hono {
  const app = new Hono()
  const schema = solveBody(limits)
  const description = describeApi(limits, version)
  const pace = new Pace()

  app.use(headers)
  app.use(async (context, next) => {
    const startedMs = performance.now()
    await next()
    context.header('cache-control', 'no-store')
    const route = routes.includes(routePath(context, -1)) ? routePath(context, -1) : 'other'
    const status = context.req.raw.signal.aborted ? clientIsGone : context.res.status
    metrics.noteRequest(route, status, (performance.now() - startedMs) / 1000)
  })

  app.get('/healthz', (context) => context.json({ status: 'alive' } satisfies StatusAnswer))

  app.get('/readyz', (context) => {
    const { status } = state
    return context.json({ status } satisfies StatusAnswer, status === 'ready' ? 200 : 503)
  })

  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )

  app.get('/openapi.json', (context) => context.json(description))

  app.get('/v1/models', (context) => {
    if (state.status === 'starting') throw notReady('starts')
    return context.json({
      models: state.models.map((model) => model.facts()),
      limits: {
        maxSteps: limits.maxSteps,
        attempts: limits.attempts,
        waiting: limits.waiting,
        timeoutMs: limits.solveMs,
        bodyBytes: limits.bodyBytes,
      },
    } satisfies ModelsAnswer)
  })

  const tooLarge = (): never => {
    throw bodyTooLarge(who, limits.bodyBytes, 'more')
  }
  app.post('/v1/solve', bodyLimit({ maxSize: limits.bodyBytes, onError: tooLarge }), async (context) => {
    if (state.status !== 'ready') throw notReady(state.status === 'starting' ? 'starts' : 'stops')
    const body = checkBody(schema, await readJson(context))
    const model = chooseModel(state.models, body.model)
    const solveMs = body.timeoutMs ?? limits.solveMs
    const { signal, clear } = deadline(context.req.raw.signal, solveMs)
    try {
      const answer = await model.solve(body, signal)
      metrics.notePuzzle(model.name, answer.solved, answer.steps)
      pace.note(performance.now())
      return context.json(answer)
    } catch (error) {
      if (error instanceof QueueFullError) {
        context.header('retry-after', String(pace.secondsFor(model.queue.waiting)))
        throw new Refusal(429, problemOf(error), { cause: error })
      }
      if (error instanceof TimeIsUp) throw timeout(solveMs)
      if (error instanceof InputError && !(error instanceof Refusal) && isTheirs(error))
        throw new Refusal(422, problemOf(error), { cause: error })
      throw error
    } finally {
      clear()
    }
  })

  for (const [path, methods] of Object.entries(methodsOf)) {
    app.all(path, (context) => {
      context.header('allow', methods)
      const hint = `Ask with ${methods}; /openapi.json describes what is answered.`
      throw new Refusal(405, { who, expected: methods, got: context.req.method, hint })
    })
  }

  app.notFound(() => {
    throw notFound(who, `one of ${routes.join(', ')}`, 'GET /openapi.json describes what is answered.')
  })

  app.onError((error, context) => {
    if (context.req.raw.signal.aborted) return context.body(null, 400)
    if (error instanceof Refusal) {
      if (error.status === 503) context.header('retry-after', '5')
      return context.json(problemOf(error), error.status as ContentfulStatusCode)
    }
    onFault(error)
    return context.json(faultProblem, 500)
  })
  return app
}

export const faultProblem = {
  who,
  expected: 'an answer',
  got: 'a bug in the program',
  hint: 'The terminal that runs `trm serve` shows more.',
}

const methodsOf: Readonly<Record<string, string>> = {
  '/v1/solve': 'POST',
  '/v1/models': 'GET',
  '/healthz': 'GET',
  '/readyz': 'GET',
  '/metrics': 'GET',
  '/openapi.json': 'GET',
}
const routes = Object.keys(methodsOf)

/** Nothing here is a page. */
const headers = secureHeaders({
  crossOriginResourcePolicy: 'same-origin',
  referrerPolicy: 'no-referrer',
  xContentTypeOptions: 'nosniff',
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
})

async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? ''
  // A foreign page may send other types without asking first.
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    const got = type === '' ? 'no Content-Type' : quoted(type)
    const hint = 'Send the header Content-Type: application/json.'
    throw new Refusal(415, { who: 'body', expected: 'application/json', got, hint })
  }
  const text = await context.req.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    const got = text === '' ? 'nothing' : quoted(text)
    const hint = 'Send an object such as {"puzzle": "..1.3....32.12.4"}.'
    throw new Refusal(400, { who: 'body', expected: 'JSON', got, hint }, { cause })
  }
}

function checkBody<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  const where = path.length === 0 ? 'body' : `body.${path.join('.')}`
  throw new Refusal(422, {
    who: where,
    expected: 'what /openapi.json says of it',
    got: message.slice(0, 200),
    hint: 'Correct it, or leave out what is not needed.',
  })
}

function chooseModel(models: readonly ServedModel[], name: string | undefined): ServedModel {
  const found = name === undefined ? models[0] : models.find((model) => model.name === name)
  if (found) return found
  const names = models.map((model) => model.name).join(', ')
  const hint = 'Leave it out for the first.'
  throw new Refusal(404, { who: 'body.model', expected: `one of ${names}`, got: quoted(name ?? ''), hint })
}

/** A thread that ended is no fault of the request. */
const isTheirs = ({ who: complains }: InputError): boolean => complains !== 'solver thread'

const notReady = (does: 'starts' | 'stops'): Refusal =>
  new Refusal(503, {
    who,
    expected: 'a server that is ready',
    got: `one that ${does}`,
    hint: 'Ask again when /readyz is 200.',
  })

const timeout = (solveMs: number): Refusal =>
  new Refusal(504, {
    who: 'solve',
    expected: `an answer within ${solveMs / 1000} s`,
    got: 'none',
    hint: 'Ask for fewer steps or attempts, or for fewer puzzles at a time.',
  })

/** Aborts when the client is gone or the time is up. */
function deadline(client: AbortSignal, solveMs: number): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController()
  const leave = (): void => controller.abort(new ClientIsGone())
  const timer = setTimeout(() => controller.abort(new TimeIsUp()), solveMs)
  client.addEventListener('abort', leave, { once: true })
  if (client.aborted) leave()
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      client.removeEventListener('abort', leave)
    },
  }
}
