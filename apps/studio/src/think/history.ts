/** Values before and after the one at hand, to undo and to redo. */
export interface History<Value> {
  /** The last one is what an undo gives. */
  readonly past: readonly Value[]
  /** The last one is what a redo gives. */
  readonly future: readonly Value[]
}

/** More than anybody goes back. */
const mostKept = 500

export const noHistory: History<never> = { past: [], future: [] }

/** @param value what another one takes the place of */
export const remembered = <Value>({ past }: History<Value>, value: Value): History<Value> => ({
  past: [...past, value].slice(-mostKept),
  future: [],
})

export interface HistoryStep<Value> {
  readonly history: History<Value>
  readonly now: Value
}

/** Null where there is nothing to undo. */
export function undone<Value>({ past, future }: History<Value>, now: Value): HistoryStep<Value> | null {
  if (past.length === 0) return null
  return { history: { past: past.slice(0, -1), future: [...future, now] }, now: past.at(-1)! }
}

/** Null where there is nothing to redo. */
export function redone<Value>({ past, future }: History<Value>, now: Value): HistoryStep<Value> | null {
  if (future.length === 0) return null
  return { history: { past: [...past, now], future: future.slice(0, -1) }, now: future.at(-1)! }
}
