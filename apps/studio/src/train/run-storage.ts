/** Where the browser keeps the run of this page. One tab at a time may write it. */
import { createStore, del, get, set } from 'idb-keyval'
import type { RunStorage } from './run-keeper.ts'
import { readStoredRun, type StoredRun } from './stored-run.ts'

const store = createStore('tiny-recursive-models', 'training')
const key = 'run'

/** The run that was kept; null where there is none, or where nothing can be kept. */
async function loadRun(): Promise<StoredRun | null> {
  try {
    return readStoredRun(await get(key, store))
  } catch {
    return null
  }
}

/** @returns whether it is kept now: private windows and full disks refuse */
async function saveRun(run: StoredRun): Promise<boolean> {
  try {
    await set(key, run, store)
    return true
  } catch {
    return false
  }
}

async function removeRun(): Promise<void> {
  await del(key, store).catch(() => undefined)
}

/** Holds the store for as long as this page is open; false where another tab has it. */
function claimStorage(): Promise<boolean> {
  const { locks } = navigator
  // Pages that are not secure have no locks; two tabs are then up to the reader.
  if (!locks) return Promise.resolve(true)
  return new Promise((resolve) => {
    void locks.request('tiny-recursive-models-training', { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock && new Promise<void>(() => undefined)
    })
  })
}

export const browserStorage: RunStorage = {
  claim: claimStorage,
  load: loadRun,
  save: saveRun,
  remove: removeRun,
}
