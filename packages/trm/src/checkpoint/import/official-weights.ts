/** The weights of a published model among the tensors of a file, by our names. */
import { InputError } from '@tiny-recursive-models/tensor'
import { fromOfficialName } from '../official-names.ts'
import type { StoredTensor } from '../stored-tensor.ts'
import { puzzleTableName } from '../training-state.ts'

export interface OfficialWeights {
  /** What stood before every name, such as `_orig_mod.model.inner.`. */
  readonly prefix: string
  /** By our names, without the puzzle table. */
  readonly weights: ReadonlyMap<string, StoredTensor>
  /** [identifiers, puzzleEmbeddingWidth] */
  readonly puzzleTable: StoredTensor | null
  /** Names in the file of tensors that no published model has. */
  readonly unused: readonly string[]
}

/** The weight that every published model has; what stands before its name stands before all. */
const landmark = 'embed_tokens.embedding_weight'

export interface WeightOptions {
  /** Names the file in errors. */
  readonly who: string
  /** Which weights, where a file holds those of several models. */
  readonly prefix?: string
}

export function officialWeights(
  tensors: ReadonlyMap<string, StoredTensor>,
  { who, prefix: wanted }: WeightOptions,
): OfficialWeights {
  const prefix = findPrefix([...tensors.keys()], wanted, who)
  const weights = new Map<string, StoredTensor>()
  const unused: string[] = []
  for (const [name, tensor] of tensors) {
    const ours = name.startsWith(prefix) ? ourName(name.slice(prefix.length)) : null
    if (ours === null || weights.has(ours)) unused.push(name)
    else weights.set(ours, tensor)
  }
  const puzzleTable = weights.get(puzzleTableName) ?? null
  weights.delete(puzzleTableName)
  return { prefix, weights, puzzleTable, unused }
}

function ourName(official: string): string | null {
  try {
    return fromOfficialName(official)
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}

function findPrefix(names: readonly string[], wanted: string | undefined, who: string): string {
  const found = names
    .filter((name) => name.endsWith(landmark))
    .map((name) => name.slice(0, -landmark.length))
    .filter((prefix) => prefix === '' || prefix.endsWith('.'))
  if (wanted !== undefined && found.includes(wanted)) return wanted
  if (wanted === undefined && found.length === 1) return found[0]!
  const shown = names.slice(0, 4).map((name) => JSON.stringify(name.slice(0, 100)))
  throw new InputError({
    who,
    expected:
      wanted === undefined
        ? `one tensor whose name ends with ${landmark}, as in all published models`
        : `a tensor ${JSON.stringify(wanted + landmark)}`,
    got:
      found.length > 0
        ? `${found.length} with the prefix ${found.map((prefix) => JSON.stringify(prefix)).join(' or ')}`
        : `${names.length} others${names.length > 0 ? `, such as ${shown.join(', ')}` : ''}`,
    hint:
      found.length > 0
        ? 'Choose one of the prefixes with `prefix`.'
        : 'The file contains another model, or only part of one.',
  })
}
