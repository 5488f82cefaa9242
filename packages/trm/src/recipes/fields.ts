/**
 * The fields of a recipe, as zod schemas: those of its data are told by the puzzle families, the others by `settings`.
 */
import { z } from 'zod'
import { section, text } from '../data/fields.ts'
import { type DataInput, type DataRecipe, dataFields, dataKinds, sourceOfKind } from '../puzzles/index.ts'
import type { Frozen } from '../settings/frozen.ts'
import { modelFields } from '../settings/model.ts'
import { noiseFields } from '../settings/noise.ts'
import { optimizerFields } from '../settings/optimizer.ts'
import { trainingFields } from '../settings/training.ts'
import { recipeFormat } from './upgrade.ts'

const oneOfTheKinds = dataKinds.map((kind) => `'${kind}'`).join(' or ')

/** The fields of `data` by its kind: those of the puzzle families' sources. */
const dataSection = z.discriminatedUnion('kind', dataFields as unknown as [z.ZodObject, ...z.ZodObject[]], {
  error: (issue) => ((issue.code as string) === 'invalid_type' ? 'an object' : oneOfTheKinds),
}) as unknown as z.ZodType<DataRecipe, DataInput>

export const recipeFields = z.strictObject(
  {
    /** What the keys are called: see `upgradeRecipe`. */
    format: z.literal(recipeFormat).default(recipeFormat),
    name: text(1, 100),
    description: text(0, 2_000).default(''),
    model: modelFields,
    data: dataSection,
    /** Training on states part-way to the answer; null = on the question alone, as published. */
    noise: noiseFields.nullable().default(null),
    optimizer: optimizerFields,
    training: trainingFields,
  },
  section,
)

/** A named run as plain frozen data: everything that decides what a training run computes. */
export type Recipe = Frozen<z.infer<typeof recipeFields>>

/** What may be written by hand: keys with a default can be left out. */
export type RecipeInput = Frozen<z.input<typeof recipeFields>>

/** The keys that can be set below `path` (`''` for the whole recipe), or null where no key can stand. */
export function keysBelow(path: string, recipe: Recipe | { data?: unknown }): string[] | null {
  if (path === '') return Object.keys(recipeFields.shape).filter((key) => key !== 'format')
  if (path === 'model') return Object.keys(modelFields.shape)
  if (path === 'noise') return Object.keys(noiseFields.shape)
  if (path === 'optimizer') return Object.keys(optimizerFields.shape)
  if (path === 'training') return Object.keys(trainingFields.shape)
  if (path === 'data') {
    const data: unknown = recipe.data
    const kind = typeof data === 'object' && data !== null && 'kind' in data ? data.kind : undefined
    return typeof kind === 'string' ? (dataKeys(kind) ?? ['kind']) : ['kind']
  }
  return null
}

/** The keys of a kind of data; null where there is none of that name. */
function dataKeys(kind: string): string[] | null {
  const fields = sourceOfKind(kind)?.fields
  return fields instanceof z.ZodObject ? Object.keys(fields.shape) : null
}
