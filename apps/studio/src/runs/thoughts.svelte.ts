/** What a checkpoint makes of puzzles that it was not trained on. */
import {
  type Board,
  boardOfData,
  canMakePuzzles,
  type Recipe,
  type Thought,
} from '@tiny-recursive-models/trm'
import type { ModelClient, ModelFacts } from '@tiny-recursive-models/trm/browser'
import { type Judgement, judge } from '../grid/judge.ts'
import { thinkingClient } from '../lib/models.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import type { QuestionCheck } from '../puzzles/check.ts'
import { fetchModel } from './server.ts'

export interface Solving {
  readonly board: Board
  readonly question: Int32Array
  readonly check: QuestionCheck
  readonly thoughts: readonly (Thought & Pick<Judgement, 'isSolved'>)[]
}

export interface Measured {
  readonly puzzles: number
  readonly exactByStep: readonly number[]
}

/** The most demanding of so many puzzles is shown: of the others most are answered in the first step. */
const draws = 4

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
      const board = boardOfData(facts.recipe.data, facts.config)
      if (!board || !canMakePuzzles(board.kind, this.#data)) {
        this.noPuzzle = board
          ? `Puzzles of this kind (${board.title}) cannot be generated: choose “Watch it think” and open a puzzle file there.`
          : 'Puzzles of this kind cannot be shown here yet.'
        return
      }
      const { kind } = board
      const seed = crypto.getRandomValues(new Uint32Array(1))[0]!
      const puzzle = await askPuzzles('generate', { kind, data: this.#data, seed, draws })
      const check = await askPuzzles('check', puzzle)
      const { question } = puzzle
      this.solving = { board, question, check, thoughts: [] }
      for await (const thought of client.think(facts, question)) {
        if (this.#isClosed) return
        const { isSolved } = judge(board, question, thought.answer, check.solution)
        this.solving = { ...this.solving, thoughts: [...this.solving.thoughts, { ...thought, isSolved }] }
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
