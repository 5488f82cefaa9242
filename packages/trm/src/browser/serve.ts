/** The worker's side: opens models, thinks, trains and evaluates, one request at a time. */
import { type Executor, InputError, letMessagesIn } from '@tiny-recursive-models/tensor'
import { openExecutor } from '@tiny-recursive-models/tensor/browser'
import { decodeTrainingState, encodeTrainingState } from '../checkpoint/training-state.ts'
import type { OnDataProgress } from '../data/parts.ts'
import { type AnyPuzzleSet, puzzleAt, selectPuzzles } from '../data/puzzle-set.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import { encodeModelFile, modelOfState } from '../evaluate/stored-model.ts'
import { thinkWith } from '../evaluate/think.ts'
import { thinkMany } from '../evaluate/think-many.ts'
import { Thinker, type TrainedModel } from '../evaluate/thinker.ts'
import { parameterCount } from '../models/weights.ts'
import { loadDataSets } from '../puzzles/load.ts'
import { overrideRecipe } from '../recipes/override.ts'
import { deepFreeze, type Recipe } from '../recipes/schema.ts'
import { packError } from '../train/carried-error.ts'
import type { TrainingEvent } from '../train/events.ts'
import { train } from '../train/train.ts'
import type {
  BrowserTrainingEvent,
  ExamplePuzzle,
  FromWorker,
  RequestName,
  Requests,
  RuntimeFacts,
  ToWorker,
} from './protocol.ts'

/** What of a worker's global scope is used. */
export interface WorkerScope {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** Answers the requests of a `ModelClient`. Call it once, in a module worker. */
export function serveModels(scope: WorkerScope = globalThis as unknown as WorkerScope): void {
  const post = (message: FromWorker): void => scope.postMessage(message)
  const server = new ModelServer()
  const stopped = new Set<number>()
  let last: Promise<void> = Promise.resolve()
  scope.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    if (data.name === 'stop') {
      stopped.add(data.id)
      return
    }
    const { id } = data
    last = last.then(async () => {
      try {
        const answers = server.answer(data, {
          shouldStop: () => stopped.has(id),
          tell: (event) => post({ id, kind: 'event', event }),
        })
        for (;;) {
          const { done, value } = await answers.next()
          if (done) {
            post({ id, kind: 'end', result: value })
            break
          }
          post({ id, kind: 'event', event: value })
          await letMessagesIn()
          if (stopped.has(id) && isThought(data.name)) await answers.return(undefined)
        }
      } catch (error) {
        post({ id, kind: 'error', error: packError(error) })
      }
      stopped.delete(id)
    })
  })
}

/** What ends between two of its events where it is not wanted any more. */
const isThought = (name: RequestName): boolean => name === 'think' || name === 'thinkMany'

type Answers = AsyncGenerator<unknown, unknown>

/** What a request is answered with the help of. */
interface Call<Event = unknown> {
  readonly shouldStop: () => boolean
  /** Streams an event in the midst of work that yields none. */
  readonly tell: (event: Event) => void
}

class ModelServer {
  #executor: Executor | null = null
  readonly #models = new Map<number, TrainedModel>()
  /** One for each model that has thought: building its program takes longer than a thought. */
  readonly #thinkers = new Map<number, Thinker>()
  /** The last one for many puzzles. */
  #many: { readonly model: number; readonly thinker: Thinker } | null = null
  #next = 1

  readonly #handlers: {
    readonly [Name in RequestName]: (
      takes: Requests[Name]['takes'],
      call: Call<Requests[Name]['streams']>,
    ) => AsyncGenerator<Requests[Name]['streams'], Requests[Name]['gives']>
  } = {
    start: (options) => this.#start(options),
    open: (file) => this.#open(file),
    close: (which) => this.#close(which),
    think: (question) => this.#think(question),
    thinkMany: (questions) => this.#thinkMany(questions),
    train: (options, call) => this.#train(options, call),
    evaluate: (options, call) => this.#evaluate(options, call),
  }

  answer(request: Exclude<ToWorker, { name: 'stop' }>, call: Call): Answers {
    const handle = this.#handlers[request.name] as (takes: unknown, call: Call) => Answers
    return handle(request.takes, call)
  }

  // biome-ignore lint/correctness/useYield: an answer without events
  async *#start(options: Requests['start']['takes']): AsyncGenerator<never, RuntimeFacts> {
    const executor = await openExecutor(options)
    this.#executor = executor
    return {
      device: executor.device === 'webgpu' ? 'webgpu' : 'wasm',
      executor: executor.name,
      threads: executor.threads,
      isolated: globalThis.crossOriginIsolated,
    }
  }

  async *#open(takes: Requests['open']['takes']): AsyncGenerator<never, Requests['open']['gives']> {
    const { bytes, name, depth } = takes
    const stored = decodeTrainingState(bytes, name)
    const deeper = Object.entries(depth).map(([key, value]) => `model.${key}=${value}`)
    const state = { ...stored, recipe: overrideRecipe(stored.recipe, deeper) }
    const model = modelOfState(state, name)
    const id = this.#next++
    this.#models.set(id, model)
    const { config } = model
    return { id, name, recipe: state.recipe, config, parameters: parameterCount(config), step: state.step }
  }

  // biome-ignore lint/correctness/useYield: an answer without events
  async *#close({ model }: Requests['close']['takes']): AsyncGenerator<never, undefined> {
    this.#models.delete(model)
    await this.#thinkers.get(model)?.close()
    this.#thinkers.delete(model)
    if (this.#many?.model === model) {
      await this.#many.thinker.close()
      this.#many = null
    }
  }

  async *#think({
    model,
    tokens,
    options,
  }: Requests['think']['takes']): AsyncGenerator<Requests['think']['streams'], undefined> {
    const trained = this.#model(model)
    const thinker = this.#thinkers.get(model) ?? (await Thinker.create(this.#runtime(), trained, 1))
    this.#thinkers.set(model, thinker)
    yield* thinkWith(thinker, tokens, { ...options, ...(trained.cellLoss && { cellLoss: trained.cellLoss }) })
  }

  /** A program of as many slots as there are puzzles: a page asks for as many again. */
  async *#thinkMany({
    model,
    questions,
    maxSteps,
  }: Requests['thinkMany']['takes']): AsyncGenerator<Requests['thinkMany']['streams'], undefined> {
    const trained = this.#model(model)
    let many = this.#many
    if (many?.model !== model || many.thinker.slots !== questions.length) {
      await many?.thinker.close()
      this.#many = null
      many = { model, thinker: await Thinker.create(this.#runtime(), trained, questions.length) }
      this.#many = many
    }
    yield* thinkMany(many.thinker, questions, { maxSteps })
  }

  async *#train(
    { recipe, resume }: Requests['train']['takes'],
    { shouldStop, tell }: Call<BrowserTrainingEvent>,
  ): AsyncGenerator<BrowserTrainingEvent, undefined> {
    const state = resume && decodeTrainingState(resume, 'checkpoint')
    const onPuzzle = nowAndThen((done, of) => tell({ type: 'puzzles', done, of }))
    const data = await loadDataSets(recipe.data, noFiles, onPuzzle)
    yield { type: 'examples', puzzles: examplesOf(data.validation) }
    const options = { recipe: deepFreeze(recipe) as Recipe, data, executor: this.#runtime(), shouldStop }
    for await (const event of train({ ...options, ...(state && { resume: state }) })) yield asFiles(event)
  }

  async *#evaluate(
    { model, data, part, limit, halting }: Requests['evaluate']['takes'],
    { shouldStop }: Pick<Call, 'shouldStop'>,
  ): AsyncGenerator<Requests['evaluate']['streams'], undefined> {
    const { isValid, ...sets } = await loadDataSets(data, noFiles)
    const set = firstOf(sets[part], limit)
    const options = { halting, shouldStop, ...(isValid && { isValid }) }
    for await (const event of evaluate(this.#runtime(), this.#model(model), set, options))
      if (event.type !== 'answer') yield event
  }

  #runtime(): Executor {
    if (this.#executor) return this.#executor
    throw new Error('a client starts the worker before its first request')
  }

  #model(id: number): TrainedModel {
    const model = this.#models.get(id)
    if (model) return model
    throw new InputError({
      who: `model ${id}`,
      expected: 'an open model',
      got: 'one that is closed or belongs to another worker',
      hint: 'Open its file again.',
    })
  }
}

/** Told of the first and the last, and in between about ten times a second: making a puzzle takes less than telling. */
function nowAndThen(tell: OnDataProgress): OnDataProgress {
  let toldAt = Number.NEGATIVE_INFINITY
  return (done, of) => {
    const now = performance.now()
    if (done < of && now - toldAt < 100) return
    toldAt = now
    tell(done, of)
  }
}

function asFiles(event: TrainingEvent): BrowserTrainingEvent {
  if (event.type !== 'checkpoint') return event
  const { type, step, reason, state } = event
  return {
    type,
    step,
    reason,
    state: reason === 'best' ? null : encodeTrainingState(state),
    model: reason === 'best' || reason === 'end' ? encodeModelFile(state) : null,
  }
}

/** Enough to look at another one now and then. */
const examples = 8

/** Copies: the sets stay here. */
const examplesOf = (set: AnyPuzzleSet): ExamplePuzzle[] =>
  Array.from({ length: Math.min(set.count, examples) }, (_, index) => {
    const { inputs, labels } = puzzleAt(set, index)
    return { question: Int32Array.from(inputs), solution: Int32Array.from(labels) }
  })

const firstOf = (set: AnyPuzzleSet, limit: number): AnyPuzzleSet =>
  set.count <= limit
    ? set
    : selectPuzzles(
        set,
        Int32Array.from({ length: limit }, (_, index) => index),
        `first ${limit} of ${set.name}`,
      )

/** A page trains on puzzles that it makes itself. */
function noFiles(path: string): Promise<never> {
  throw new InputError({
    who: `data file ${path}`,
    expected: 'a recipe with generated puzzles',
    got: 'one that reads files',
    hint: 'A page has no files: train this recipe on the command line.',
  })
}
