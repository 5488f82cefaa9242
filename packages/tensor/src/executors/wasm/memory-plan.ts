/** Where the values of a program lie while it runs: each has its place from the step that writes it to the last that reads it. */

/** When a value is needed: numbers of steps. */
export interface Lifetime {
  readonly bytes: number
  readonly first: number
  readonly last: number
}

/** Addresses are multiples of this: a line of the cache. */
export const alignment = 64
export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/** A run of free memory. */
export interface Gap {
  start: number
  end: number
}

/** Gives every value an offset, none of two that are needed at the same time overlapping; and the bytes of all. */
export function planMemory(lifetimes: readonly Lifetime[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0)
  const byFirst = [...lifetimes.keys()].sort((a, b) => lifetimes[a]!.first - lifetimes[b]!.first)
  const byLast = [...lifetimes.keys()].sort((a, b) => lifetimes[a]!.last - lifetimes[b]!.last)
  const gaps: Gap[] = []
  let [bytes, ended] = [0, 0]
  for (const value of byFirst) {
    const { first } = lifetimes[value]!
    while (ended < byLast.length && lifetimes[byLast[ended]!]!.last < first) {
      const gone = byLast[ended++]!
      free(gaps, offsets[gone]!, offsets[gone]! + aligned(lifetimes[gone]!.bytes))
    }
    const size = aligned(lifetimes[value]!.bytes)
    const start = take(gaps, size)
    if (start !== undefined) {
      offsets[value] = start
      continue
    }
    const last = gaps.at(-1)
    if (last?.end === bytes) {
      offsets[value] = last.start
      gaps.pop()
    } else offsets[value] = bytes
    bytes = offsets[value]! + size
  }
  return { offsets, bytes }
}

/** Takes the beginning of the smallest gap that is large enough; undefined where none is. */
export function take(gaps: Gap[], size: number): number | undefined {
  let best: Gap | undefined
  for (const gap of gaps)
    if (gap.end - gap.start >= size && (!best || gap.end - gap.start < best.end - best.start)) best = gap
  if (!best) return undefined
  const { start } = best
  best.start += size
  if (best.start === best.end) gaps.splice(gaps.indexOf(best), 1)
  return start
}

/** Puts a run back among the gaps, which are in order, as one with its neighbours. */
export function free(gaps: Gap[], start: number, end: number): void {
  let place = gaps.findIndex((gap) => gap.start > start)
  if (place < 0) place = gaps.length
  const [before, after] = [gaps[place - 1], gaps[place]]
  if (before?.end === start && after?.start === end) {
    before.end = after.end
    gaps.splice(place, 1)
  } else if (before?.end === start) before.end = end
  else if (after?.start === end) after.start = start
  else gaps.splice(place, 0, { start, end })
}
