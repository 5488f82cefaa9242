/**
 * The page's side of a model worker. Messages of our own instead of comlink: a request streams events, and a stop has to
 * be heard between two of them.
 */
import type { ThinkOptions, Thought } from '../evaluate/think.ts'
import type { ManyThoughts } from '../evaluate/think-many.ts'
import { unpackError } from '../train/carried-error.ts'
import type {
  BrowserTrainingEvent,
  Depth,
  EvaluationProgress,
  FromWorker,
  ModelFacts,
  RequestName,
  Requests,
  RuntimeFacts,
  RuntimeOptions,
  ToWorker,
} from './protocol.ts'

/** A stream that can be asked to end: training saves a checkpoint first. Leaving it early does the same. */
export interface StoppableStream<Event> {
  readonly events: AsyncGenerator<Event, void>
  stop(): void
}

/**
 * Models in a worker, so that the page never waits for one. Requests are computed one at a time, in the order they are
 * made.
 */
export class ModelClient {
  readonly runtime: RuntimeFacts
  readonly #calls: WorkerCalls

  private constructor(calls: WorkerCalls, runtime: RuntimeFacts) {
    this.#calls = calls
    this.runtime = runtime
  }

  /** @param worker a module worker that calls `serveModels` */
  static async connect(worker: Worker, options: RuntimeOptions = {}): Promise<ModelClient> {
    const calls = new WorkerCalls(worker)
    return new ModelClient(calls, await calls.ask('start', options))
  }

  /**
   * Opens a model file or a checkpoint: best.safetensors, step-000100.safetensors, and those of `train`.
   *
   * @param depth the weights at another depth than they were trained at
   * @throws InputError if the file is no model, or a model of its kind cannot have that depth
   */
  open(bytes: Uint8Array, name: string, depth: Depth = {}): Promise<ModelFacts> {
    return this.#calls.ask('open', { bytes, name, depth })
  }

  close(model: ModelFacts): Promise<undefined> {
    return this.#calls.ask('close', { model: model.id })
  }

  /** A thought for every supervision step; see `think`. */
  think(model: ModelFacts, tokens: Int32Array, options: ThinkOptions = {}): AsyncGenerator<Thought, void> {
    return this.#calls.stream('think', { model: model.id, tokens, options }).events
  }

  /** Thinks about many puzzles at the same time, a batch for each supervision step; see `thinkMany`. */
  thinkMany(
    model: ModelFacts,
    questions: readonly Int32Array[],
    maxSteps: number,
  ): AsyncGenerator<ManyThoughts, void> {
    return this.#calls.stream('thinkMany', { model: model.id, questions, maxSteps }).events
  }

  /** @param resume a training state (a checkpoint file) to resume from */
  train(
    recipe: Requests['train']['takes']['recipe'],
    resume: Uint8Array | null = null,
  ): StoppableStream<BrowserTrainingEvent> {
    return this.#calls.stream('train', { recipe, resume })
  }

  evaluate(
    options: Omit<Requests['evaluate']['takes'], 'model'> & { model: ModelFacts },
  ): StoppableStream<EvaluationProgress> {
    return this.#calls.stream('evaluate', { ...options, model: options.model.id })
  }

  /** Stops the worker; unfinished work is lost. */
  terminate(): void {
    this.#calls.terminate()
  }
}

type Answer = FromWorker & { readonly kind: 'event' | 'end' | 'error' }

/** Requests by number, each with the answers that have come and are not read yet. */
class WorkerCalls {
  readonly #worker: Worker
  readonly #open = new Map<number, (answer: Answer) => void>()
  #next = 1

  constructor(worker: Worker) {
    this.#worker = worker
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) =>
      this.#open.get(data.id)?.(data),
    )
    const fail = (message: string): void => {
      for (const [id, receive] of this.#open)
        receive({ id, kind: 'error', error: { kind: 'input', ...crashParts(message) } })
    }
    worker.addEventListener('error', (event) => fail(event.message || 'it could not be loaded'))
    worker.addEventListener('messageerror', () => fail('a message that cannot be read'))
  }

  async ask<Name extends RequestName>(
    name: Name,
    takes: Requests[Name]['takes'],
  ): Promise<Requests[Name]['gives']> {
    const stream = this.#send(name, takes)
    for (;;) {
      const answer = await stream.next()
      if (answer.kind === 'end') return answer.result as Requests[Name]['gives']
    }
  }

  stream<Name extends RequestName>(
    name: Name,
    takes: Requests[Name]['takes'],
  ): StoppableStream<Requests[Name]['streams']> {
    const stream = this.#send(name, takes)
    return { events: streamEvents(stream), stop: stream.stop }
  }

  #send<Name extends RequestName>(name: Name, takes: Requests[Name]['takes']): Answers {
    const id = this.#next++
    const waiting: Answer[] = []
    let wake: () => void = () => undefined
    this.#open.set(id, (answer) => {
      waiting.push(answer)
      wake()
    })
    this.#worker.postMessage({ id, name, takes } as ToWorker)
    const next = async (): Promise<Answer> => {
      while (waiting.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      const answer = waiting.shift()!
      if (answer.kind !== 'event') this.#open.delete(id)
      if (answer.kind === 'error') throw unpackError(answer.error)
      return answer
    }
    const stop = (): void => {
      if (this.#open.has(id)) this.#worker.postMessage({ id, name: 'stop' } satisfies ToWorker)
    }
    return { next, stop }
  }

  terminate(): void {
    this.#worker.terminate()
    for (const [id, receive] of this.#open)
      receive({ id, kind: 'error', error: { kind: 'input', ...crashParts('it was stopped') } })
  }
}

interface Answers {
  next(): Promise<Answer>
  stop(): void
}

async function* streamEvents<Event>({ next, stop }: Answers): AsyncGenerator<Event, void> {
  let ended = false
  try {
    for (;;) {
      const answer = await next()
      ended = answer.kind === 'end'
      if (answer.kind !== 'event') return
      yield answer.event as Event
    }
  } finally {
    if (!ended) stop()
  }
}

const crashParts = (message: string) => ({
  who: 'model worker',
  expected: 'a worker that keeps running',
  got: message,
  hint: 'Reload the page; if memory ran out, use a smaller model.',
})
