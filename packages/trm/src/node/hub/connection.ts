/** Requests to the hub: what the hub's own library fetches goes through here and is checked. */
import { setTimeout as pause } from 'node:timers/promises'
import { InputError } from '@tiny-recursive-models/tensor'
import { errorCode } from '../file-errors.ts'
import type { HubAccess } from './access.ts'
import { formatRepository } from './address.ts'
import {
  AlreadyThere,
  type Asked,
  connectionError,
  LostConnection,
  RangeRefused,
  responseError,
  Stopped,
} from './failures.ts'

export interface Patience {
  /** How often a request is tried again after it has failed without bringing anything. */
  readonly attempts: number
  /** Before the first new try; doubled before every further one. */
  readonly pauseMs: number
  /** How long nothing may come before a connection counts as lost. */
  readonly stallMs: number
}

export const defaultPatience: Patience = { attempts: 5, pauseMs: 1000, stallMs: 60_000 }

const translated = [InputError, LostConnection, RangeRefused, AlreadyThere, Stopped]

/** 16 kB/s */
const slowestBytesPerMs = 16

export class HubConnection {
  readonly access: HubAccess
  readonly asked: Asked
  readonly patience: Patience
  /** What the last request failed with: of a body that is streamed, the library passes on only the text. */
  failure: unknown
  readonly #signal: AbortSignal | undefined
  readonly #open = new Set<AbortController>()

  constructor(access: HubAccess, asked: Asked, patience: Patience, signal?: AbortSignal) {
    this.access = access
    this.asked = asked
    this.patience = patience
    this.#signal = signal
    signal?.addEventListener('abort', () => this.close())
  }

  /** What every function of the library needs. */
  get parameters() {
    const { endpoint, token } = this.access
    return { hubUrl: endpoint, fetch: this.fetch, ...(token === undefined ? {} : { accessToken: token }) }
  }

  get isStopped(): boolean {
    return this.#signal?.aborted === true
  }

  /** Ends all requests, also those whose answer nobody has read to its end. */
  close(): void {
    for (const request of this.#open) request.abort()
    this.#open.clear()
  }

  /** Waits before try number `attempt` (from 1), as long as the server asks for at least; ends early when stopped. */
  async wait(attempt: number, { waitMs }: LostConnection): Promise<void> {
    const ms = Math.max(waitMs, this.patience.pauseMs * 2 ** (attempt - 1))
    await pause(ms, undefined, this.#signal ? { signal: this.#signal } : {}).catch(() => undefined)
    if (this.isStopped) throw new Stopped()
  }

  /** Asks for something short, again where that may help. */
  async ask<Answer>(task: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await task()
      } catch (error) {
        const failure = this.translate(error)
        if (!(failure instanceof LostConnection)) throw failure
        if (failure.cause instanceof InputError) throw failure.cause
        if (attempt > this.patience.attempts) throw this.givenUp('an answer', failure)
        await this.wait(attempt, failure)
      } finally {
        this.close()
      }
    }
  }

  givenUp(expected: string, failure: LostConnection, hint = 'Try again later.', who = this.#who): InputError {
    return new InputError({ who, expected, got: failure.message, hint }, { cause: failure })
  }

  /** A failed request or a broken body, in words. */
  translate(error: unknown): unknown {
    if (translated.some((kind) => error instanceof kind)) return error
    if (this.isStopped) return new Stopped()
    if (error instanceof Error && error.name === 'AbortError')
      return new LostConnection(`nothing came for ${this.patience.stallMs / 1000} s`)
    // Node tells the cause of a broken connection. Anything else is the library at a loss: what came is not JSON, lacks
    // the headers of a hub or is of another form.
    if (!(error instanceof Error) || (error.cause === undefined && errorCode(error) === null)) {
      return new InputError({
        who: this.#who,
        expected: 'answers from a hub',
        got: `something else from ${this.access.endpoint} (${error instanceof Error ? error.message : String(error)})`,
        hint: 'Check HF_ENDPOINT, and whether the network requires a login page first.',
      })
    }
    return connectionError(error, this.access.endpoint)
  }

  readonly fetch: typeof fetch = async (input, init) => {
    try {
      return await this.#fetch(new URL(input instanceof Request ? input.url : input), init ?? {})
    } catch (error) {
      this.failure = this.translate(error)
      throw this.failure
    }
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    // The library would send the token to a server of large files, and to what a listing names as its next page.
    if (url.origin !== new URL(this.access.endpoint).origin) headers.delete('Authorization')
    // A compressed file would arrive unpacked, and its parts could not be asked for by position.
    headers.set('Accept-Encoding', 'identity')
    if (this.isStopped) throw new Stopped()
    const request = new AbortController()
    this.#open.add(request)
    // Nothing tells how much of a body has been sent: an upload has as long as the slowest line takes for it.
    const timer = setTimeout(
      () => request.abort(),
      this.patience.stallMs + sizeOf(init.body) / slowestBytesPerMs,
    )
    try {
      const response = await fetch(url, { ...init, headers, signal: request.signal })
      const failure = response.ok
        ? rangeError(headers.get('Range'), response)
        : responseError(response, this.access, this.asked)
      if (!failure) return response
      request.abort()
      throw failure
    } finally {
      clearTimeout(timer)
    }
  }

  get #who(): string {
    return formatRepository(this.asked.repository)
  }
}

const sizeOf = (body: RequestInit['body']): number =>
  body instanceof Blob ? body.size : typeof body === 'string' ? body.length : 0

/** A server may answer a request for a part with the whole, or with another part. */
function rangeError(asked: string | null, { status, headers }: Response): RangeRefused | null {
  const first = /^bytes=(\d+)-/.exec(asked ?? '')?.[1]
  if (first === undefined || first === '0') return null
  const given = /^bytes (\d+)-\d+\/\d+$/.exec(headers.get('Content-Range') ?? '')?.[1]
  return status === 206 && given === first
    ? null
    : new RangeRefused('the server does not send parts of this file')
}
