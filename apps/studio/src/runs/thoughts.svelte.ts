/** What a checkpoint makes of puzzles that it was not trained on. */
import type { Recipe } from '@tiny-recursive-models/trm'
import type { ModelClient, ModelFacts } from '@tiny-recursive-models/trm/browser'
import { thinkingClient } from '../lib/models.ts'
import { type DrawnPuzzle, drawPuzzle, type JudgedThought, judged } from './drawn-puzzle.ts'
import { fetchModel } from './server.ts'

export interface Solving extends DrawnPuzzle {
  readonly thoughts: readonly JudgedThought[]
}

export interface Measured {
  readonly puzzles: number
  readonly exactByStep: readonly number[]
}

type Data = Recipe['data']

export class CheckpointThoughtsState {
  solving = $state.raw<Solving | null>(null)
  measured = $state.raw<Measured | null>(null)
  /** Share of the measurement that is done; null where none is under way. */
  progress = $state<number | null>(null)
  isBusy = $state(false)
  problem = $state<string | null>(null)
  /** Why there is no new puzzle to think about; null where there is, or while that is not known. */
  noPuzzle = $state<string | null>(null)
  readonly #name: string
  readonly #which: string
  readonly #data: Data
  #opened: Promise<{ client: ModelClient; facts: ModelFacts }> | null = null
  #stop: (() => void) | null = null
  #isClosed = false

  constructor(name: string, which: string, data: Data) {
    this.#name = name
    this.#which = which
    this.#data = data
  }

  /** A new puzzle, thought about step by step. */
  solve(): Promise<void> {
    return this.#do(async (client, facts) => {
      const drawn = await drawPuzzle(facts, this.#data)
      if (typeof drawn === 'string') {
        this.noPuzzle = drawn
        return
      }
      this.solving = { ...drawn, thoughts: [] }
      for await (const thought of client.think(facts, drawn.question)) {
        if (this.#isClosed) return
        this.solving = { ...this.solving, thoughts: [...this.solving.thoughts, judged(drawn, thought)] }
      }
    })
  }

  /** Exact accuracy after each step on the first `count` of the run's validation puzzles. */
  measure(count: number): Promise<void> {
    return this.#do(async (client, facts) => {
      const part = 'validation' in this.#data && this.#data.validation > 0 ? 'validation' : 'test'
      // Training puzzles are made last: with one of them the others are the same, and are there sooner.
      const data = { ...this.#data, train: 1 } as Data
      this.progress = 0
      const { events, stop } = client.evaluate({ model: facts, data, part, limit: count, halting: 'full' })
      this.#stop = stop
      for await (const event of events) {
        if (event.type === 'progress') this.progress = event.done / event.total
        else {
          const { puzzles, byStep } = event.report
          this.measured = { puzzles, exactByStep: byStep.flatMap(({ exactAccuracy }) => exactAccuracy ?? []) }
        }
      }
    })
  }

  /** Ends what is under way and gives the model back. */
  close(): void {
    this.#isClosed = true
    this.#stop?.()
    void this.#opened?.then(({ client, facts }) => client.close(facts)).catch(() => undefined)
  }

  async #do(work: (client: ModelClient, facts: ModelFacts) => Promise<void>): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.problem = null
    try {
      this.#opened ??= this.#open()
      const { client, facts } = await this.#opened
      if (!this.#isClosed) await work(client, facts)
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error)
    } finally {
      this.isBusy = false
      this.progress = null
      this.#stop = null
    }
  }

  async #open(): Promise<{ client: ModelClient; facts: ModelFacts }> {
    try {
      const bytes = await fetchModel(this.#name, this.#which)
      const client = await thinkingClient()
      return { client, facts: await client.open(bytes, `${this.#name} ${this.#which}`) }
    } catch (error) {
      // The next try begins anew.
      this.#opened = null
      throw error
    }
  }
}
