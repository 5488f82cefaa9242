import { byteSize, plural, timeLeft } from '@tiny-recursive-models/trm/format'
import type { HubDownloadEvent } from '@tiny-recursive-models/trm/node'
import { Progress } from './progress.ts'
import { print, printJsonLine } from './streams.ts'
import { TransferRate } from './transfer-rate.ts'

/** How often `--json` tells how far a file is. */
const progressLineMs = 1000

/** Shows a download: a bar with rate and time left, a line for every file. */
export class DownloadDisplay {
  readonly #asJson: boolean
  readonly #progress: Progress
  readonly #rate = new TransferRate()
  #totalBytes = 0
  /** Of the files that are finished. */
  #finishedBytes = 0
  /** What was there before: it says nothing of the rate. */
  #oldBytes = 0
  #current: string | null = null
  #lastLineMs = Number.NEGATIVE_INFINITY

  constructor(asJson: boolean) {
    this.#asJson = asJson
    this.#progress = new Progress(asJson)
  }

  show(event: HubDownloadEvent): void {
    if (this.#asJson) this.#printLine(event)
    else if (event.type === 'progress') this.#showProgress(event.path, event.bytes)
    else if (event.type === 'done') {
      this.end()
      print(`${plural(event.files.length, 'file')} in ${event.folder}`)
    } else this.#progress.note(this.#describe(event))
  }

  end(): void {
    this.#progress.stop()
  }

  #printLine(event: HubDownloadEvent): void {
    const now = performance.now()
    if (event.type === 'progress' && now - this.#lastLineMs < progressLineMs) return
    if (event.type === 'progress') this.#lastLineMs = now
    printJsonLine(event)
  }

  #describe(event: Exclude<HubDownloadEvent, { type: 'progress' | 'done' }>): string {
    switch (event.type) {
      case 'start': {
        this.#totalBytes = event.bytes
        const size = `${plural(event.files, 'file')}, ${byteSize(event.bytes)}`
        return `${event.repository}: ${size}, commit ${event.commit.slice(0, 12)}`
      }
      case 'kept':
        this.#oldBytes += event.bytes
        this.#finishedBytes += event.bytes
        return `${event.path}: already here`
      case 'retry':
        return `${event.path}: ${event.reason}; trying again`
      case 'stored':
        this.#finishedBytes += event.bytes
        return `${event.path}: ${byteSize(event.bytes)}, ${describeDigest(event.digest)}`
      case 'stopped':
        return 'stopped; run the same command again to resume'
    }
  }

  #showProgress(path: string, bytes: number): void {
    if (this.#current !== path) this.#oldBytes += bytes
    this.#current = path
    const done = this.#finishedBytes + bytes
    const rate = this.#rate.update(done - this.#oldBytes, performance.now())
    const leftMs = rate ? (1000 * (this.#totalBytes - done)) / rate : null
    const pace = rate && leftMs !== null ? `, ${byteSize(rate)}/s, ${timeLeft(leftMs)} left` : ''
    const share = this.#totalBytes === 0 ? 1 : done / this.#totalBytes
    this.#progress.update(share, `${path} ${byteSize(done)} of ${byteSize(this.#totalBytes)}${pace}`)
  }
}

const describeDigest = (digest: string): string =>
  digest === '' ? 'size checked' : digest.startsWith('git ') ? 'content checked' : `sha256 ${digest}`
