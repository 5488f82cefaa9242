/** The puzzle that is watched on the page Train, for components to follow. */
import type { Board } from '@tiny-recursive-models/trm'
import { openClient } from '../lib/models.ts'
import type { ExamplePuzzle, WatchedAnswer } from './example.ts'
import { ReplayMachine, type Snapshot, type ThinkingClient } from './replay-machine.ts'

class Replay extends ReplayMachine {
  snapshots = $state.raw<readonly Snapshot[]>([])
  puzzles = $state.raw<readonly ExamplePuzzle[]>([])
  place = $state(0)
  chosen = $state<number | null>(null)
  board = $state.raw<Board | null>(null)
  answers = $state.raw<ReadonlyMap<number, readonly WatchedAnswer[]>>(new Map())
  problem = $state<string | null>(null)
}

let client: Promise<ThinkingClient> | undefined

/** A worker of its own: the one that trains is busy, and so may be the one of the page Think. */
function openWorker(): Promise<ThinkingClient> {
  client ??= openClient().catch((error: unknown) => {
    client = undefined
    throw error
  })
  return client
}

export const replay = new Replay(openWorker)
