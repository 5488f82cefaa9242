import {
  type CheckpointChoice,
  type HubDownloadEvent,
  type OpenedModel,
  openModel,
} from '@tiny-recursive-models/trm/node'
import { DownloadDisplay } from './download.ts'

/**
 * Opens a model as the library does, and shows on stderr how far the download of one on the hub is.
 *
 * @param silent shows nothing
 */
export async function openShownModel(
  path: string,
  checkpoint: CheckpointChoice | undefined,
  { silent }: { readonly silent: boolean },
): Promise<OpenedModel> {
  if (silent) return openModel(path, checkpoint)
  const display = new DownloadDisplay(false)
  // What is here already needs no word.
  let start: HubDownloadEvent | null = null
  const show = (event: HubDownloadEvent): void => {
    if (event.type === 'start') start = event
    if (event.type !== 'progress' && event.type !== 'stored' && event.type !== 'retry') return
    if (start !== null) display.show(start)
    start = null
    display.show(event)
  }
  try {
    return await openModel(path, checkpoint, show)
  } finally {
    display.end()
  }
}
