/** Ranks in one process, which take turns: what training does with several, without MPI. */
import type { RankBlocks, RankSum, Ranks } from '../../src/train/ranks.ts'

/** A meeting of all ranks: the last that comes works out what each gets. */
class Meeting {
  readonly #size: number
  readonly #brought = new Map<number, unknown>()
  readonly #waiting: (() => void)[] = []

  constructor(size: number) {
    this.#size = size
  }

  async bring(rank: number, what: unknown): Promise<unknown[]> {
    this.#brought.set(rank, what)
    if (this.#brought.size < this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else for (const wake of this.#waiting) wake()
    return Array.from({ length: this.#size }, (_, of) => this.#brought.get(of))
  }
}

export function localRanks(size: number): Ranks[] {
  const meetings: Meeting[] = []
  return Array.from({ length: size }, (_, rank) => {
    let calls = 0
    const meet = (what: unknown): Promise<unknown[]> => {
      const call = calls++
      meetings[call] ??= new Meeting(size)
      return meetings[call].bring(rank, what)
    }
    const openSum = (length: number): RankSum => {
      const values = new Float32Array(length)
      const run = async (): Promise<void> => {
        const all = (await meet(values.slice())) as Float32Array[]
        values.fill(0)
        for (const part of all) for (let index = 0; index < length; index++) values[index]! += part[index]!
      }
      return { values, run, close: () => undefined }
    }
    const openBlocks = (length: number): RankBlocks => {
      const [given, taken] = [new Uint16Array(size * length), new Uint16Array(size * length)]
      const take = async (blockOf: number) => {
        const all = (await meet(given.slice())) as Uint16Array[]
        for (const [from, blocks] of all.entries())
          taken.set(blocks.subarray(blockOf * length, (blockOf + 1) * length), from * length)
      }
      return { given, taken, exchange: () => take(rank), share: () => take(0), close: () => undefined }
    }
    return {
      rank,
      size,
      openSum,
      openBlocks,
      broadcast: async (bytes) => ((await meet(bytes))[0] as Uint8Array).slice(),
      gather: async (own, lengths) => {
        const all = (await meet(own.slice())) as Float32Array[]
        if (all.some((part, of) => part.length !== lengths[of])) throw new Error('lengths that do not fit')
        return rank === 0 ? Float32Array.from(all.flatMap((part) => [...part])) : null
      },
      stillHere: () => undefined,
    }
  })
}
