/** What stands in the address of the page Think: a model, a puzzle and a step, as `#/think/sudoku-6x6/2.5…/4`. */
import type { Board } from '@tiny-recursive-models/trm'

export interface ThinkAddress {
  readonly model: string
  /** The question as one line of marks; null for the model alone. */
  readonly line: string | null
  /** The step to show; null to play from the first. */
  readonly step: number | null
}

/** @param rest the parts behind the page; null where they name no model */
export function parseAddress([model, line, step]: readonly string[]): ThinkAddress | null {
  if (!model) return null
  const number = step !== undefined && /^\d{1,4}$/.test(step) ? Number(step) : null
  return { model, line: line ?? null, step: line === undefined ? null : number }
}

export function formatAddress({ model, line, step }: ThinkAddress): string[] {
  if (line === null) return [model]
  return step === null ? [model, line] : [model, line, String(step)]
}

/**
 * The question [S] as one line; `board.parse` reads it back. Null where a symbol has no mark of its own: such a puzzle
 * has no address.
 */
export function lineOf(board: Board, question: Int32Array): string | null {
  const line = Array.from(question, (token) => board.marks[token] ?? '').join('')
  try {
    const read = board.parse(line)
    return read.length === question.length && read.every((token, cell) => token === question[cell])
      ? line
      : null
  } catch {
    return null
  }
}
