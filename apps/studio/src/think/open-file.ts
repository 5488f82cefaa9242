/** Files that are dropped or chosen: models, puzzles and ARC tasks, told apart by their names. */
import { arc } from '../arc/arc.svelte.ts'
import { askPuzzles } from '../puzzles/ask.ts'
import { openModelFile } from './open-model.ts'
import { puzzleFile } from './puzzle-file.svelte.ts'
import { session } from './session.svelte.ts'

/** More than the largest published model and the largest published file of puzzles. */
const maxBytes = 2 ** 30

export async function openFile(file: File): Promise<void> {
  try {
    const { name } = file
    if (file.size > maxBytes) throw new Error(`${name} is larger than 1 GiB: open a smaller file.`)
    if (/\.safetensors$/i.test(name)) await openModelFile(name, await bytesOf(file))
    else if (/\.json(\.gz)?$/i.test(name))
      await arc.open({ name, bytes: await bytesOf(file) }).catch((error: unknown) => openPuzzles(file, error))
    else await openPuzzles(file)
  } catch (error) {
    session.failure = error instanceof Error ? error.message : String(error)
  }
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer())

/** @param refusal why the file is nothing else, where it may be: then the reader of puzzles has nothing better to say */
async function openPuzzles(file: File, refusal?: unknown): Promise<void> {
  const own = session.model?.board?.kind ?? null
  const found = await askPuzzles('read', { file, name: file.name, own }).catch((error: unknown) => {
    throw refusal ?? error
  })
  arc.close()
  puzzleFile.open(file.name, found)
}
