/** Damage for tests of readers: the only acceptable answers are a value and an `InputError`. */
import { InputError } from '@tiny-recursive-models/tensor'

/** Runs `read`; anything thrown but an InputError is thrown on. */
export function outcome(read: () => unknown): 'read' | 'refused' {
  try {
    read()
    return 'read'
  } catch (error) {
    if (error instanceof InputError) return 'refused'
    throw error
  }
}

/** Calls `use` with copies of `bytes`, each with 1 to 4 bits flipped at places that depend on the seed alone. */
export function flipBits(
  bytes: Uint8Array,
  options: { seed: number; rounds: number },
  use: (damaged: Uint8Array) => void,
): void {
  // xorshift32; never 0.
  let state = options.seed * 2654435761 || 1
  const next = (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
  for (let round = 0; round < options.rounds; round++) {
    const damaged = bytes.slice()
    for (let flips = 1 + next(4); flips > 0; flips--) damaged[next(bytes.length)]! ^= 1 << next(8)
    use(damaged)
  }
}
