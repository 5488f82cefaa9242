/** The settings that this library writes into the metadata of a safetensors file that it exports. */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { parseRecipe, type Recipe } from '../../recipes/index.ts'
import { type DataSizes, dataSizeFields } from '../training-state.ts'

export interface StoredSettings {
  readonly recipe: Recipe
  readonly sizes: DataSizes
  /** Optimiser steps behind the weights. */
  readonly step: number
}

/** Raise this when the meaning of the metadata changes. */
const format = 1

const fields = z.object({
  format: z.literal(format),
  recipe: z.unknown(),
  sizes: dataSizeFields,
  step: z.int().min(0),
})

const key = 'tinyRecursiveModel'

export function exportMetadata(settings: StoredSettings): Record<string, string> {
  // `format: pt` is what other readers look for in files with the names of PyTorch.
  return { format: 'pt', [key]: JSON.stringify({ format, ...settings }) }
}

/** Null where the file has none; `who` names it in errors. */
export function readStoredSettings(
  metadata: Readonly<Record<string, string>>,
  who: string,
): StoredSettings | null {
  const written = Object.hasOwn(metadata, key) ? metadata[key] : undefined
  if (written === undefined) return null
  let value: unknown
  try {
    value = JSON.parse(written)
  } catch {
    throw damaged(who, 'text that is not JSON')
  }
  const result = fields.safeParse(value)
  if (!result.success) {
    const issue = result.error.issues[0]!
    throw damaged(who, `${issue.path.join('.')}: ${issue.message}`)
  }
  const { recipe, sizes, step } = result.data
  return { recipe: parseRecipe(recipe, `${who}: recipe`), sizes, step }
}

function damaged(who: string, got: string): InputError {
  const hint = 'The file is damaged, or another version of this library wrote it: export it again.'
  return new InputError({ who, expected: `valid settings in the metadata '${key}'`, got, hint })
}
