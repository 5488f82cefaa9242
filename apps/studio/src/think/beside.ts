import type { InnerThought, Thought } from '@tiny-recursive-models/trm'
import type { Playback } from './playback.ts'

type Shown = Pick<InnerThought, 'answer' | 'confidence'>

/**
 * What a second thought holds where the first is shown: after the same step, and within a step after the same share of
 * its updates. After its own last step it stays as it is.
 *
 * @param calls of the first model in a step
 */
export function beside(
  thoughts: readonly Thought[],
  { position, call }: Pick<Playback, 'position' | 'call'>,
  calls: number,
): Shown | null {
  const next = thoughts[position]
  if (call > 0 && next?.inside) {
    const index = Math.round((call / calls) * next.inside.length) - 1
    if (index >= 0) return next.inside[index]!
  }
  return thoughts[Math.min(position, thoughts.length) - 1] ?? null
}

/** Cells in which two answers differ. */
export const differing = (one: Int32Array, other: Int32Array): number[] =>
  [...one.keys()].filter((cell) => one[cell] !== other[cell])
