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

interface ModelFile {
  readonly title: string
  readonly file: string
  readonly source: 'opened' | 'trained'
  readonly bytes: Uint8Array
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
/** The one to compare the chosen one with; null where nobody has asked for it. */
let besideId = $state<string | null>(null)
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
    besideId = null
  },
  /** Two for the same puzzle; the second is handed out once. */
  chooseTwo(id: string, second: string): void {
    chosenId = id
    besideId = second
  },
  takeSecond(): ModelEntry | null {
    const second = entries.find(({ id }) => id === besideId) ?? null
    besideId = null
    return second
  },
  /** A model file as an entry that is not in the list yet: what `ModelClient.open` reads. */
  entryOf({ title, file, source, bytes }: ModelFile): ModelEntry {
    added += 1
    return {
      id: `${source}-${added}`,
      title,
      file,
      source,
      puzzle: null,
      facts: null,
      load: async () => bytes,
    }
  },
  /** Adds an entry that has been opened, and chooses it. */
  keep(entry: ModelEntry): void {
    if (!entries.includes(entry)) entries = [...entries, entry]
    chosenId = entry.id
  },
  /**
   * Adds a model file, such as best.safetensors or a checkpoint of `train`.
   *
   * @returns its id, to choose it by
   */
  add(model: ModelFile): string {
    const entry = modelStore.entryOf(model)
    entries = [...entries, entry]
    return entry.id
  },
  remove(id: string): void {
    entries = entries.filter((entry) => entry.id !== id)
    if (chosenId === id) chosenId = firstChoice()
  },
}
