/** The cases of the fuzzer: a pure function of the seed and the number of a case. */
import { RandomStream } from '@tiny-recursive-models/tensor'
import { byteMutations, type Mutation, pick, replaced, textMutations } from './mutate.ts'
import type { Files, Target } from './target.ts'

export type Targets = Readonly<Record<string, Target>>

export interface FuzzCase {
  readonly kind: string
  readonly files: Files
  /** What was done to a valid sample, in this order. */
  readonly changes: readonly string[]
}

export type SamplesOf = ReadonlyMap<string, readonly Files[]>

export async function samplesOf(targets: Targets): Promise<SamplesOf> {
  const samples = new Map<string, readonly Files[]>()
  for (const [kind, target] of Object.entries(targets)) samples.set(kind, await target.samples())
  return samples
}

export function makeCase(targets: Targets, samples: SamplesOf, seed: number, number: number): FuzzCase {
  const kinds = Object.keys(targets)
  const kind = kinds[number % kinds.length]!
  const target = targets[kind]!
  const random = new RandomStream(seed, 'fuzz', number)
  const files = new Map(pick(samples.get(kind)!, random))
  const changes: string[] = []
  // Mostly one change: after more of them few files get far.
  const count = random.integer(3) < 2 ? 1 : 2 + random.integer(3)
  for (let left = count; left > 0; left--) {
    const name = pick([...files.keys()], random)
    const bytes = files.get(name)!
    const [change, mutation] = pickMutation(target, name, samples.get(kind)!, random)
    changes.push(name === 'file' ? change : `${name}: ${change}`)
    files.set(name, safely(mutation, bytes, random))
  }
  return { kind, files, changes }
}

function pickMutation(
  target: Target,
  name: string,
  samples: readonly Files[],
  random: RandomStream,
): readonly [string, Mutation] {
  const structured = target.structured?.(name) ?? []
  if (structured.length > 0 && random.integer(3) < 2) {
    const index = random.integer(structured.length)
    return [`structured change ${index}`, structured[index]!]
  }
  const other = pick(samples, random).get(name)
  const splice: Mutation = (bytes, stream) => {
    if (!other) return bytes
    const start = stream.integer(bytes.length + 1)
    const from = stream.integer(other.length + 1)
    return replaced(bytes, start, bytes.length, other.subarray(from))
  }
  const texts = target.isText?.(name) ? Object.entries(textMutations) : []
  return pick([...Object.entries(byteMutations), ...texts, ['splice', splice] as const], random)
}

/** A structured change cannot be made to what an earlier change has made unreadable. */
function safely(mutation: Mutation, bytes: Uint8Array, random: RandomStream): Uint8Array {
  try {
    return mutation(bytes, random)
  } catch {
    return byteMutations['flip bits']!(bytes, random)
  }
}
