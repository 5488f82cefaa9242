import { type HttpServer, type ServerRules, startHttpServer } from '@tiny-recursive-models/http-server'
import { createApp, faultProblem } from './app.ts'
import { type StudioLimits, studioLimits } from './limits.ts'
import { StudioPage } from './page.ts'
import { RunLibrary } from './runs.ts'

export interface StudioOptions {
  /** The folder of the built page. */
  readonly page: string
  /** A folder of runs, or one run folder; null to show none. */
  readonly runs: string | null
  /** Other machines reach it only where this is no loopback address. */
  readonly host?: string
  /** 0: one that is free. */
  readonly port?: number
  readonly limits?: Partial<StudioLimits>
  /** Told about faults of the program; by default they are written to stderr. */
  readonly onFault?: (error: unknown) => void
}

/** `close` ends every stream and connection at once. */
export type Studio = Pick<HttpServer, 'url' | 'port' | 'isLocal' | 'close'>

const rules: ServerRules = {
  who: 'studio server',
  methods: ['GET', 'HEAD'],
  methodHint: 'The server only shows what is there; use `trm` to change runs.',
  hostHint: 'Open the address that `trm studio` printed.',
  ownPages: '/api/',
}

/** Serves the page and, read-only, the runs of a folder. */
export async function startStudio(options: StudioOptions): Promise<Studio> {
  const { host = '127.0.0.1', port = 0, onFault = (error) => console.error(error) } = options
  const limits = { ...studioLimits, ...options.limits }
  const page = await StudioPage.open(options.page)
  const runs = options.runs === null ? null : await RunLibrary.open(options.runs)
  const stopping = new AbortController()
  const app = createApp({ page, runs, limits, stop: stopping.signal, onFault })
  const fetch = (request: Request) => app.fetch(request)
  const {
    url,
    port: bound,
    isLocal,
    close,
  } = await startHttpServer({
    fetch,
    host,
    port,
    limits,
    rules,
    faultProblem,
    onFault,
  })
  return {
    url,
    port: bound,
    isLocal,
    close() {
      stopping.abort()
      return close()
    },
  }
}
