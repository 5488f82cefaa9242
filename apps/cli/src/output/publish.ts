import { byteSize } from '@tiny-recursive-models/trm/format'
import type { PublishEvent } from '@tiny-recursive-models/trm/node'
import { Progress } from './progress.ts'
import { print, printJsonLine } from './streams.ts'

/** Shows how a model is published: a line for every file, and the time while one is under way. */
export class PublishDisplay {
  readonly #asJson: boolean
  readonly #progress: Progress
  readonly #startedMs = performance.now()
  readonly #timer: NodeJS.Timeout
  /** Bytes of what is under way, by name. */
  readonly #underWay = new Map<string, number>()
  #doing = 'preparing the files'

  constructor(asJson: boolean) {
    this.#asJson = asJson
    this.#progress = new Progress(asJson)
    this.#tick()
    this.#timer = setInterval(() => this.#tick(), 500)
  }

  show(event: PublishEvent): void {
    if (this.#asJson) {
      printJsonLine(event)
      return
    }
    if (event.type === 'uploading') this.#underWay.set(event.path, event.bytes)
    if (event.type === 'uploaded') this.#underWay.delete(event.path)
    const line = this.#describe(event)
    if (line !== null) this.#progress.note(line)
    if (event.type !== 'done') return
    this.end()
    print(
      event.isChanged
        ? `${event.page} (commit ${event.commit.slice(0, 12)})`
        : `${event.page}: nothing has changed`,
    )
  }

  end(): void {
    clearInterval(this.#timer)
    this.#progress.stop()
  }

  #tick(): void {
    const seconds = Math.round((performance.now() - this.#startedMs) / 1000)
    const names = [...this.#underWay].map(([path, bytes]) => `${path} (${byteSize(bytes)})`)
    const doing = names.length > 0 ? `sending ${names.join(', ')}` : this.#doing
    this.#progress.update(null, `${doing}, ${seconds} s …`)
  }

  #describe(event: PublishEvent): string | null {
    switch (event.type) {
      case 'start':
        this.#doing = 'waiting for the hub'
        return `${event.repository}: ${event.files} files, ${byteSize(event.bytes)}`
      case 'kept':
        return `${event.path}: already there`
      case 'uploaded':
        return `${event.path}: ${byteSize(event.bytes)}`
      case 'retry':
        return `${event.reason}; trying again`
      case 'stopped':
        return 'stopped: nothing was published; run the same command again'
      case 'uploading':
      case 'done':
        return null
    }
  }
}
