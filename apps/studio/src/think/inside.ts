/** Where the reader is within the steps of a thought, and how many cells every call has right. */
import { type Board, cellsRight, type InnerThought, type Thought } from '@tiny-recursive-models/trm'
import { namesOfCalls } from '@tiny-recursive-models/trm/models'
import type { Playback } from './playback.ts'

export interface InnerPlace {
  /** The step whose calls are shown, from 1. */
  readonly step: number
  readonly frames: readonly InnerThought[]
  readonly names: readonly string[]
  /** The call that is shown, from 0; −1 before the first. */
  readonly index: number
}

/** Between two steps it is the last call of the one before. */
export function innerPlace(thoughts: readonly Thought[], { position, call }: Playback): InnerPlace | null {
  const isWithin = call > 0 || position === 0
  const step = isWithin ? position + 1 : position
  const frames = thoughts[step - 1]?.inside
  if (!frames) return null
  return { step, frames, names: namesOfCalls(frames), index: isWithin ? call - 1 : frames.length - 1 }
}

/** What counts the right cells of a frame: each is counted once. */
export function rightCounter(board: Board, question: Int32Array, solution: Int32Array | null) {
  const counted = new WeakMap<InnerThought, number | null>()
  return (frame: InnerThought): number | null => {
    const before = counted.get(frame)
    if (before !== undefined) return before
    const share = cellsRight(board, question, frame.answer, solution)
    counted.set(frame, share)
    return share
  }
}
