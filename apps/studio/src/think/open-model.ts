/** Opening the models of the page Think: what cannot be opened does not stay in the list, nor in the chooser. */
import { type ModelEntry, modelStore } from '../lib/model-store.svelte.ts'
import type { FoundPuzzle } from '../puzzles/read.ts'
import { session } from './session.svelte.ts'

/** Opens what has been chosen; where that fails, what thinks is chosen again. */
export async function openChosen(
  entry: ModelEntry,
  puzzle: FoundPuzzle | null = null,
  step?: number,
): Promise<void> {
  if (await session.useModel(entry, puzzle, step)) return
  chooseWhatThinks()
  if (entry.source !== 'shipped' && modelStore.chosen !== entry) modelStore.remove(entry.id)
}

/** Opens a model file, which is in the list from then on. */
export async function openModelFile(name: string, bytes: Uint8Array): Promise<void> {
  const entry = modelStore.entryOf({ title: name, file: name, source: 'opened', bytes })
  if (await session.useModel(entry)) modelStore.keep(entry)
  else chooseWhatThinks()
}

/** The chooser never names another model than the one that thinks, unless one is being opened, or none is there yet. */
function chooseWhatThinks(): void {
  if (session.model && session.opening === null) modelStore.choose(session.model.entry.id)
}
