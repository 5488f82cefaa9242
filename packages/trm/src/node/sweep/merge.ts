/** Several streams at a time as one. */

/** A stream that can be asked to end early. */
export interface StoppableStream<Event> {
  readonly events: AsyncGenerator<Event, void>
  stop(): void
}

/**
 * Works through `jobs`, at most `limit` at a time and in their order; what they tell comes as it happens. Once
 * `stopped` says so, no further one is begun. Leaving early, or an error of one, stops the others and waits for them.
 */
export async function* mergeStreams<Job, Event>(
  jobs: readonly Job[],
  limit: number,
  open: (job: Job) => StoppableStream<Event>,
  stopped: () => boolean,
): AsyncGenerator<Event, void> {
  const left = [...jobs]
  const running = new Map<StoppableStream<Event>, Promise<Told<Event>>>()
  const listen = (stream: StoppableStream<Event>): void => {
    const next = stream.events.next().then((result) => ({ stream, result }))
    next.catch(() => undefined) // heard below, or by nobody where another one has failed before
    running.set(stream, next)
  }
  try {
    for (;;) {
      while (running.size < limit && left.length > 0 && !stopped()) listen(open(left.shift()!))
      if (running.size === 0) return
      const { stream, result } = await Promise.race(running.values())
      if (result.done) running.delete(stream)
      else {
        listen(stream)
        yield result.value
      }
    }
  } finally {
    const open = [...running.keys()]
    for (const stream of open) stream.stop()
    await Promise.allSettled(open.map(({ events }) => events.return()))
  }
}

interface Told<Event> {
  readonly stream: StoppableStream<Event>
  readonly result: IteratorResult<Event, void>
}
