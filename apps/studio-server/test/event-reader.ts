export interface ReadEvent {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** Reads server-sent events one by one, after https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventReader {
  readonly #abort = new AbortController()
  readonly #url: string
  readonly #headers: Record<string, string>
  #reader: ReadableStreamDefaultReader<string> | null = null
  #text = ''
  /** Comments seen so far. */
  comments = 0

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = url
    this.#headers = headers
  }

  /** Null where the stream has ended. */
  async next(): Promise<ReadEvent | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        const fields = new Map(block.split('\n').map((line) => splitField(line)))
        if (block.startsWith(':')) this.comments += 1
        const [event, data] = [fields.get('event'), fields.get('data')]
        if (event !== undefined && data !== undefined) return { id: fields.get('id') ?? null, event, data }
        continue
      }
      this.#reader ??= await this.#open()
      const { done, value } = await this.#reader.read()
      if (done) return null
      this.#text += value
    }
  }

  /** The events up to the first one of that name, which is the last of them. */
  async until(name: string): Promise<ReadEvent[]> {
    const events: ReadEvent[] = []
    for (;;) {
      const event = await this.next()
      if (event === null) throw new Error(`no ${name} after ${JSON.stringify(events.at(-1))}`)
      events.push(event)
      if (event.event === name) return events
    }
  }

  close(): void {
    this.#abort.abort()
  }

  async #open(): Promise<ReadableStreamDefaultReader<string>> {
    const response = await fetch(this.#url, { headers: this.#headers, signal: this.#abort.signal })
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    return response.body!.pipeThrough(new TextDecoderStream()).getReader()
  }
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(': ')
  return [line.slice(0, colon), line.slice(colon + 2)]
}

export const names = (events: readonly ReadEvent[]): string[] =>
  events.map(({ event, id }) => (id === null ? event : `${event} ${id}`))
