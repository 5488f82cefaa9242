/** Files that are dropped or chosen: models, puzzles and ARC tasks, told apart by their names. */
import { arc } from '../arc/arc.svelte.ts'
import { modelStore } from '../lib/model-store.svelte.ts'
import type { OpenedFile } from '../puzzles/arc-files.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import { puzzleFile } from './puzzle-file.svelte.ts'
import { session } from './session.svelte.ts'

/** More than the largest published model and the largest published file of puzzles. */
const maxBytes = 2 ** 30

export async function openFile(file: File): Promise<void> {
  try {
    if (file.size > maxBytes) throw new Error(`${file.name} is larger than 1 GiB: open a smaller file.`)
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (/\.safetensors$/i.test(file.name)) {
      const id = modelStore.add({ title: file.name, file: file.name, source: 'opened', bytes })
      modelStore.choose(id)
    } else if (/\.json(\.gz)?$/i.test(file.name)) {
      const opened = { name: file.name, bytes }
      await arc.open(opened).catch((error: unknown) => openPuzzles(opened, error))
    } else await openPuzzles({ name: file.name, bytes })
  } catch (error) {
    session.failure = error instanceof Error ? error.message : String(error)
  }
}

/** @param refusal why the file is nothing else, where it may be: then the reader of puzzles has nothing better to say */
async function openPuzzles({ name, bytes }: OpenedFile, refusal?: unknown): Promise<void> {
  const found = await askPuzzles('read', { bytes, name }).catch((error: unknown) => {
    throw refusal ?? error
  })
  arc.close()
  puzzleFile.open(name, found)
}
