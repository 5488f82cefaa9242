/** One puzzle, thought about by the weights that a run has saved, one after the other. */
import type { Recipe } from '@tiny-recursive-models/trm'
import { thinkingClient } from '../lib/models.ts'
import { type DrawnPuzzle, drawPuzzle, type JudgedThought, judged } from './drawn-puzzle.ts'
import { fetchModel } from './server.ts'

/** What weights are called in the address of a run, and for the reader. */
export interface Weights {
  readonly which: string
  readonly title: string
}

export interface ThoughtRow extends Weights {
  /** Empty while they are being loaded. */
  readonly thoughts: readonly JudgedThought[]
}

export class BoardsState {
  puzzle = $state.raw<DrawnPuzzle | null>(null)
  rows = $state.raw<readonly ThoughtRow[]>([])
  isBusy = $state(false)
  problem = $state<string | null>(null)
  readonly #name: string
  readonly #data: Recipe['data']
  #isClosed = false

  constructor(name: string, data: Recipe['data']) {
    this.#name = name
    this.#data = data
  }

  /** Draws a new puzzle and has these think about it: a run that goes on has others every time. */
  async think(weights: readonly Weights[]): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.problem = null
    this.puzzle = null
    this.rows = weights.map((one) => ({ ...one, thoughts: [] }))
    try {
      for (const { which } of weights) {
        await this.#thinkWith(which)
        if (this.#isClosed || this.problem) return
      }
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error)
    } finally {
      this.isBusy = false
    }
  }

  close(): void {
    this.#isClosed = true
  }

  async #thinkWith(which: string): Promise<void> {
    const bytes = await fetchModel(this.#name, which)
    const client = await thinkingClient()
    const facts = await client.open(bytes, `${this.#name} ${which}`)
    try {
      const puzzle = this.puzzle ?? (await drawPuzzle(facts, this.#data))
      if (typeof puzzle === 'string') {
        this.problem = puzzle
        return
      }
      this.puzzle = puzzle
      for await (const thought of client.think(facts, puzzle.question.slice())) {
        if (this.#isClosed) return
        this.rows = this.rows.map((row) =>
          row.which === which ? { ...row, thoughts: [...row.thoughts, judged(puzzle, thought)] } : row,
        )
      }
    } finally {
      await client.close(facts)
    }
  }
}
