/** A second model on the puzzle of the page: its thoughts, beside those of the first. */
import { boardOfData, type Thought } from '@tiny-recursive-models/trm'
import type { ModelFacts } from '@tiny-recursive-models/trm/browser'
import type { ModelEntry } from '../lib/model-store.svelte.ts'
import { thinkingClient } from '../lib/models.ts'
import { session } from './session.svelte.ts'

/** What is compared: the puzzle as it is asked, and how long is thought about it. */
export interface Asked {
  readonly question: Int32Array
  readonly maxSteps: number
}

class Comparison {
  entry = $state.raw<ModelEntry | null>(null)
  thoughts = $state.raw<readonly Thought[]>([])
  problem = $state<string | null>(null)
  #request = new AbortController()
  readonly #opened = new Map<string, ModelFacts>()

  /** Null ends the comparison. */
  choose(entry: ModelEntry | null): void {
    this.#request.abort()
    this.entry = entry
    this.thoughts = []
    this.problem = null
  }

  /** Thinks about the puzzle, where the model knows such puzzles; a question asked before is not heard any more. */
  async ask({ question, maxSteps }: Asked): Promise<void> {
    const { entry } = this
    if (!entry) return
    this.#request.abort()
    this.#request = new AbortController()
    const { signal } = this.#request
    this.thoughts = []
    this.problem = null
    try {
      const client = await thinkingClient()
      const facts = this.#opened.get(entry.id) ?? (await client.open(await entry.load(), entry.file))
      this.#opened.set(entry.id, facts)
      if (signal.aborted) return
      const board = boardOfData(facts.recipe.data, facts.config) ?? null
      if (board !== session.board) {
        this.problem = `${entry.title} solves other puzzles (${board?.title ?? 'none that can be shown here'}): choose a model for this one.`
        return
      }
      const options = { maxSteps, inside: true } as const
      for await (const thought of client.think(facts, question.slice(), options)) {
        if (signal.aborted) return
        this.thoughts = [...this.thoughts, thought]
      }
    } catch (error) {
      if (!signal.aborted) this.problem = error instanceof Error ? error.message : String(error)
    }
  }
}

export const comparison = new Comparison()
