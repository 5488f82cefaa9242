/** Files that a command writes besides what it prints. */
import { tryOutputFile, tryOutputFolder, writeFileAtomically } from '@tiny-recursive-models/trm/node'
import { onOutputClosed } from './streams.ts'

/**
 * To be called before the work: tries the path, and has the command work to its end though nobody may read what it
 * prints any more (`trm … | head -1`), since the file is wanted all the same.
 *
 * @param path undefined where none was asked for
 */
export async function prepareFile(
  path: string | undefined,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  if (path === undefined) return
  await tryOutputFile(path, { replace })
  onOutputClosed(() => undefined)
}

/** The same for a folder, which need not be there yet. */
export async function prepareFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return
  await tryOutputFolder(path)
  onOutputClosed(() => undefined)
}

export const writeText = (path: string, text: string): Promise<void> =>
  writeFileAtomically(path, new TextEncoder().encode(text))
