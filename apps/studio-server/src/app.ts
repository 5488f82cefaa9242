/** What is answered to which path. */
import { notFound, problemOf, quoted, Refusal } from '@tiny-recursive-models/http-server'
import { InputError } from '@tiny-recursive-models/trm'
import { type Context, Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RunsAnswer } from './api.ts'
import { bodyOf, followRun } from './event-stream.ts'
import { answerFile } from './file-answer.ts'
import type { StudioLimits } from './limits.ts'
import type { StudioPage } from './page.ts'
import type { RunLibrary } from './runs.ts'

export interface AppOptions {
  readonly page: StudioPage
  /** Null where the studio shows no runs. */
  readonly runs: RunLibrary | null
  readonly limits: StudioLimits
  /** Ends every stream of events. */
  readonly stop: AbortSignal
  /** Told about faults of the program. */
  readonly onFault: (error: unknown) => void
}

export function createApp({ page, runs, limits, stop, onFault }: AppOptions): Hono {
  const app = new Hono()
  app.use(pageHeaders)
  app.use('/api/*', async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
  })

  const library = (): RunLibrary => {
    if (runs !== null) return runs
    throw notFound('studio server', 'a folder of runs', 'Start the studio with one: trm studio RUNS.')
  }

  // No failure where there is no folder: a browser would report one, and the page has to ask.
  const noRuns: RunsAnswer = { folder: null, fields: [], runs: [] }
  app.get('/api/runs', async (context) => context.json(runs === null ? noRuns : await runs.list()))

  app.get('/api/curves', async (context) => context.json(await library().curves()))

  app.get('/api/runs/:name', async (context) => {
    const found = await library().run(context.req.param('name'))
    return context.json(await library().details(found))
  })

  let eventStreams = 0
  app.get('/api/runs/:name/events', async (context) => {
    const found = await library().run(context.req.param('name'))
    const after = linesKnown(context)
    if (eventStreams >= limits.eventStreams) throw tooManyStreams(limits)
    context.header('content-type', 'text/event-stream; charset=utf-8')
    if (context.req.method === 'HEAD') return context.body(null)
    eventStreams += 1
    const own = new AbortController()
    const signal = AbortSignal.any([own.signal, stop])
    own.signal.addEventListener('abort', () => {
      eventStreams -= 1
    })
    const pieces = followRun(library(), found, { after, limits, signal })
    return context.body(bodyOf(pieces, () => own.abort()) as ReadableStream<Uint8Array<ArrayBuffer>>)
  })

  app.get('/api/runs/:name/model/:which', async (context) => {
    const found = await library().run(context.req.param('name'))
    const handle = await library().openModel(found, context.req.param('which'))
    return answerFile(context, handle, { 'content-type': 'application/octet-stream' })
  })

  app.get('*', async (context) => {
    const path = decoded(context.req.path)
    const file = path.startsWith('/api/')
      ? null
      : await page.find(path, context.req.header('accept-encoding'))
    const handle = file && (await page.open(file))
    if (!file || !handle) throw notFound('studio server', 'a page of the studio', 'Start at its address: /')
    return answerFile(context, handle, {
      'content-type': file.contentType,
      'cache-control': file.cacheControl,
      vary: 'accept-encoding',
      ...(file.contentEncoding !== null && { 'content-encoding': file.contentEncoding }),
    })
  })

  app.onError((error, context) => {
    if (error instanceof InputError) {
      const clean = (text: string): string => runs?.withoutPaths(text) ?? text
      const { who, expected, got, hint } = problemOf(error)
      const problem = { who: clean(who), expected: clean(expected), got: clean(got), hint: clean(hint) }
      const status = error instanceof Refusal ? error.status : 500
      if (status === 503) context.header('retry-after', '5')
      return context.json(problem, status as ContentfulStatusCode)
    }
    onFault(error)
    return context.json(faultProblem, 500)
  })
  return app
}

export const faultProblem = {
  who: 'studio server',
  expected: 'an answer',
  got: 'a bug in the program',
  hint: 'The terminal that runs `trm studio` shows more.',
}

/** Isolation gives the page threads of WebAssembly; the rest keeps every other host out. */
const pageHeaders = secureHeaders({
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginEmbedderPolicy: 'require-corp',
  crossOriginResourcePolicy: 'same-origin',
  referrerPolicy: 'no-referrer',
  xContentTypeOptions: 'nosniff',
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    workerSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
})

/** Lines that the reader has: what the browser adds when it connects again, or `after` in the address. */
function linesKnown(context: Context): number {
  const text = context.req.header('last-event-id') ?? context.req.query('after') ?? '0'
  if (/^\d{1,12}$/.test(text)) return Number(text)
  const hint = 'Leave it out to start from the first line.'
  throw new Refusal(400, { who: 'events', expected: 'the number of a line', got: quoted(text), hint })
}

const tooManyStreams = ({ eventStreams }: StudioLimits): Refusal =>
  new Refusal(503, {
    who: 'events',
    expected: `at most ${eventStreams} streams at a time`,
    got: 'one more',
    hint: 'Close other pages of the studio.',
  })

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    const hint = 'A % in an address is followed by two hexadecimal digits.'
    const problem = { who: 'studio server', expected: 'an address', got: quoted(path), hint }
    throw new Refusal(400, problem, { cause })
  }
}
