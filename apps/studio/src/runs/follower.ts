/** Keeps a run's series up to date from the server's stream of its events, through lost connections. */
import type { BeginData, RunEventName } from '@tiny-recursive-models/studio-server/api'
import type { RunSeries } from '../charts/series.ts'
import { eventsAddress } from './server.ts'

/** `queued`: others are followed first. `loading`: what is there comes in. `live`: what comes is shown at once. */
export type FollowState = 'queued' | 'loading' | 'live' | 'reconnecting' | 'ended'

/** A browser opens six connections to a host: so many streams at a time leave some for everything else. */
const maxStreams = 4
/** Where the server refuses a stream, as for too many of them, the browser does not ask again by itself. */
const retryMs = 3_000

const queue: Follower[] = []
let streams = 0

export class Follower {
  readonly #name: string
  readonly #series: RunSeries
  readonly #onChange: (state: FollowState) => void
  #source: EventSource | null = null
  #retry: ReturnType<typeof setTimeout> | undefined
  #file = ''
  #state: FollowState = 'queued'
  #holdsPlace = false

  /** @param onChange told after every change of the series or the state; many times a second */
  constructor(name: string, series: RunSeries, onChange: (state: FollowState) => void) {
    this.#name = name
    this.#series = series
    this.#onChange = onChange
  }

  /** Begins, or goes on after the end. */
  start(): void {
    if (this.#holdsPlace || queue.includes(this)) return
    this.#change('queued')
    queue.push(this)
    Follower.#next()
  }

  /** What is there stays; `start` goes on with it. */
  stop(): void {
    this.#source?.close()
    this.#source = null
    clearTimeout(this.#retry)
    const place = queue.indexOf(this)
    if (place >= 0) queue.splice(place, 1)
    if (!this.#holdsPlace) return
    this.#holdsPlace = false
    streams -= 1
    Follower.#next()
  }

  static #next(): void {
    while (streams < maxStreams && queue.length > 0) {
      const follower = queue.shift()!
      streams += 1
      follower.#holdsPlace = true
      follower.#open()
    }
  }

  #open(): void {
    const series = this.#series
    const source = new EventSource(`${eventsAddress(this.#name)}?after=${series.lines}`)
    this.#source = source
    this.#change('loading')
    const on = (name: RunEventName, take: (event: MessageEvent<string>) => void): void =>
      source.addEventListener(name, (event) => take(event as MessageEvent<string>))
    on('begin', ({ data }) => this.#begin(JSON.parse(data) as BeginData))
    on('run', ({ data, lastEventId }) => {
      series.add(parsed(data))
      series.lines = Number(lastEventId)
      this.#change(this.#state)
    })
    on('damaged', ({ lastEventId }) => {
      series.lines = Number(lastEventId)
    })
    on('reset', () => {
      series.clear()
      this.#change('loading')
    })
    on('live', () => this.#change('live'))
    on('ended', () => {
      this.stop()
      this.#change('ended')
    })
    source.addEventListener('error', () => {
      this.#change('reconnecting')
      if (source.readyState !== EventSource.CLOSED) return
      this.#retry = setTimeout(() => this.#open(), retryMs)
    })
  }

  /** The events may be in another file than before the connection was lost: then nothing known is worth anything. */
  #begin({ file }: BeginData): void {
    const isOther = this.#file !== '' && file !== this.#file && this.#series.lines > 0
    this.#file = file
    if (!isOther) return
    this.#series.clear()
    this.#source?.close()
    this.#open()
  }

  #change(state: FollowState): void {
    this.#state = state
    this.#onChange(state)
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
