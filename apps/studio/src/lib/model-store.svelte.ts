/** The models that can be chosen on the page Think: shipped, opened from a file, or trained in the page. */
import type { PuzzleKind } from '@tiny-recursive-models/trm'
import { firstModel } from './first-model.ts'
import { type ShippedFacts, shippedModels } from './shipped.ts'

export interface ModelEntry {
  readonly id: string
  readonly title: string
  /** The name of its file, for messages. */
  readonly file: string
  readonly source: 'shipped' | 'opened' | 'trained'
  /** What is known before it is opened. */
  readonly puzzle: PuzzleKind | null
  readonly facts: ShippedFacts | null
  readonly load: () => Promise<Uint8Array>
}

let entries = $state.raw<readonly ModelEntry[]>(
  shippedModels.map((facts) => ({
    id: facts.name,
    title: titleOf(facts),
    file: facts.file,
    source: 'shipped' as const,
    puzzle: facts.puzzle,
    facts,
    load: facts.load,
  })),
)
let chosenId = $state(firstChoice())
let added = 0

/** What it solves; and where several solve the same, which one it is. */
function titleOf({ title, name }: ShippedFacts): string {
  const isAlone = shippedModels.filter((other) => other.title === title).length === 1
  return isAlone ? title : `${title}, ${name}`
}

function firstChoice(): string | null {
  return (entries.find(({ id }) => id === firstModel) ?? entries[0])?.id ?? null
}

export const modelStore = {
  get entries(): readonly ModelEntry[] {
    return entries
  },
  get chosen(): ModelEntry | null {
    return entries.find(({ id }) => id === chosenId) ?? null
  },
  choose(id: string): void {
    chosenId = id
  },
  /**
   * Adds a model file: what `ModelClient.open` reads, such as best.safetensors or a checkpoint of `train`.
   *
   * @returns its id, to choose it by
   */
  add(model: {
    readonly title: string
    readonly file: string
    readonly source: 'opened' | 'trained'
    readonly bytes: Uint8Array
  }): string {
    added += 1
    const id = `${model.source}-${added}`
    const { title, file, source, bytes } = model
    const entry = { id, title, file, source, puzzle: null, facts: null, load: async () => bytes }
    entries = [...entries, entry]
    return id
  },
  remove(id: string): void {
    entries = entries.filter((entry) => entry.id !== id)
    if (chosenId === id) chosenId = firstChoice()
  },
}
