/** A second model on the puzzle of the page, or the same one at another depth: its thoughts, beside those of the first. */
import { boardOfData, type Thought } from '@tiny-recursive-models/trm'
import type { Depth, ModelClient, ModelFacts } from '@tiny-recursive-models/trm/browser'
import type { ModelEntry } from '../lib/model-store.svelte.ts'
import { thinkingClient } from '../lib/models.ts'
import { session } from './session.svelte.ts'

/** What is compared: the puzzle as it is asked, and how long is thought about it at most. */
export interface Asked {
  readonly question: Int32Array
  readonly maxSteps: number
}

/** Depth within a step, and the step after which the second thought ends; what is left out is the model's own. */
export interface SecondDepth extends Depth {
  readonly steps?: number
}

class Comparison {
  entry = $state.raw<ModelEntry | null>(null)
  depth = $state.raw<SecondDepth>({})
  /** Of the second model at its depth, once it is open. */
  facts = $state.raw<ModelFacts | null>(null)
  thoughts = $state.raw<readonly Thought[]>([])
  problem = $state<string | null>(null)
  #request = new AbortController()
  /** One at a time: each depth is a program of its own. */
  #held: { readonly key: string; readonly facts: Promise<ModelFacts> } | null = null

  /** Null ends the comparison. */
  choose(entry: ModelEntry | null, depth: SecondDepth = {}): void {
    this.#request.abort()
    this.entry = entry
    this.depth = depth
    this.facts = null
    this.thoughts = []
    this.problem = null
  }

  /** The same weights, deeper or shallower; they think anew when they are asked. */
  deepen(change: SecondDepth): void {
    this.depth = { ...this.depth, ...change }
  }

  /** Thinks about the puzzle, where the model knows such puzzles; a question asked before is not heard any more. */
  async ask({ question, maxSteps }: Asked): Promise<void> {
    const { entry, depth } = this
    if (!entry) return
    this.#request.abort()
    this.#request = new AbortController()
    const { signal } = this.#request
    this.thoughts = []
    this.problem = null
    try {
      const client = await thinkingClient()
      const facts = await this.#open(client, entry, depth)
      if (signal.aborted) return
      this.facts = facts
      const board = boardOfData(facts.recipe.data, facts.config) ?? null
      if (board !== session.board) {
        this.problem = `${entry.title} solves other puzzles (${board?.title ?? 'none that can be shown here'}): choose a model for this one.`
        return
      }
      const options = { maxSteps: Math.min(maxSteps, depth.steps ?? maxSteps), inside: true }
      for await (const thought of client.think(facts, question.slice(), options)) {
        if (signal.aborted) return
        this.thoughts = [...this.thoughts, thought]
      }
    } catch (error) {
      if (!signal.aborted) this.problem = error instanceof Error ? error.message : String(error)
    }
  }

  #open(client: ModelClient, entry: ModelEntry, { steps: _, ...depth }: SecondDepth): Promise<ModelFacts> {
    const key = JSON.stringify([entry.id, depth.recursions, depth.latentUpdates])
    const last = this.#held
    if (last?.key === key) return last.facts
    const facts = entry.load().then((bytes) => client.open(bytes, entry.file, depth))
    const held = { key, facts }
    this.#held = held
    // The next try begins anew.
    facts.catch(() => {
      if (this.#held === held) this.#held = null
    })
    void last?.facts.then((one) => client.close(one)).catch(() => undefined)
    return facts
  }
}

export const comparison = new Comparison()
