/** A model that the worker has open, for the page. */
import type { Board } from '@tiny-recursive-models/trm'
import type { ModelFacts } from '@tiny-recursive-models/trm/browser'
import type { ModelEntry } from './model-store.svelte.ts'

export interface OpenModel {
  readonly entry: ModelEntry
  readonly facts: ModelFacts
  /** What its puzzles are; null where they cannot be drawn and edited here: ARC. */
  readonly board: Board | null
}
