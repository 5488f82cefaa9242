/**
 * The fields of a recipe, as zod schemas: those of its data are told by the puzzle families, the others by `settings`.
 */
import { z } from 'zod'
import { type FieldText, fieldText } from '../data/field-text.ts'
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
    format: z.literal(recipeFormat).default(recipeFormat).meta({
      description: 'the version of the names of these fields; written by the library, not set by hand',
    }),
    name: text(1, 100).meta({ description: 'what the recipe is called' }),
    description: text(0, 2_000).default('').meta({ description: 'a sentence on what it is for' }),
    model: modelFields.meta({ description: 'the network and its recursions' }),
    data: dataSection.meta({ description: 'the puzzles, by their `kind`' }),
    noise: noiseFields.nullable().default(null).meta({
      description:
        'noisy answers that the model is shown in training; null = the question alone, as published',
    }),
    optimizer: optimizerFields.meta({ description: 'how gradients change the weights' }),
    training: trainingFields.meta({ description: 'length, evaluations and checkpoints of the run' }),
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
  if (isSection(path)) return Object.keys(sections[path])
  if (path !== 'data') return null
  const data: unknown = recipe.data
  const kind = typeof data === 'object' && data !== null && 'kind' in data ? data.kind : undefined
  const fields = typeof kind === 'string' ? dataShape(kind) : null
  return fields ? Object.keys(fields) : ['kind']
}

type Shape = Readonly<Record<string, z.ZodType>>

/** The sections that are the same for all kinds of data. */
const sections = {
  model: modelFields.shape,
  noise: noiseFields.shape,
  optimizer: optimizerFields.shape,
  training: trainingFields.shape,
} as const satisfies Readonly<Record<string, Shape>>

const isSection = (path: string): path is keyof typeof sections => Object.hasOwn(sections, path)

/** The fields of a kind of data; null where there is none of that name. */
function dataShape(kind: string): Shape | null {
  const fields = sourceOfKind(kind)?.fields
  return fields instanceof z.ZodObject ? (fields.shape as Shape) : null
}

/** Whether only whole numbers can stand at `key` of a recipe (`model.width`), beside words such as `auto`. */
export function isWholeNumberField(key: string, { data }: Recipe): boolean {
  const [section = '', name = ''] = key.split('.')
  const shape: Shape | null = isSection(section)
    ? sections[section]
    : section === 'data'
      ? dataShape(data.kind)
      : null
  const field = shape?.[name]
  return field !== undefined && isWholeNumber(field)
}

function isWholeNumber(field: z.ZodType): boolean {
  if (field instanceof z.ZodDefault || field instanceof z.ZodNullable)
    return isWholeNumber(field.unwrap() as z.ZodType)
  if (field instanceof z.ZodUnion) return (field.options as z.ZodType[]).some(isWholeNumber)
  return field instanceof z.ZodNumber && field.isInt
}

/** A field of recipes, and what it says of itself. */
export interface RecipeField extends FieldText {
  /** `optimizer.learningRate` */
  readonly key: string
  /** The kinds of data that have it; null where it is in every recipe. */
  readonly dataKinds: readonly string[] | null
}

/**
 * The field table: every field of every recipe, in the order in which recipes are written, as the glossary, the command
 * line and the page tell it. A field of `data` that means the same for several kinds is there once.
 *
 * @param dataKind only the fields of recipes with this kind of data
 */
export function recipeFieldTable(dataKind?: string): readonly RecipeField[] {
  return Object.entries<z.ZodType>(recipeFields.shape).flatMap(([key, field]): readonly RecipeField[] => {
    if (key === 'format') return []
    if (key === 'data') return dataFieldTable(dataKind === undefined ? dataKinds : [dataKind])
    const below: Shape = isSection(key) ? sections[key] : { '': field }
    return Object.entries(below).map(([name, inner]) => {
      const path = name === '' ? key : `${key}.${name}`
      return { key: path, dataKinds: null, ...fieldText(inner, path) }
    })
  })
}

function dataFieldTable(kinds: readonly string[]): readonly RecipeField[] {
  const table = new Map<string, RecipeField>()
  for (const kind of kinds) {
    for (const [name, field] of Object.entries(dataShape(kind) ?? {})) {
      const key = `data.${name}`
      const text = fieldText(field, `${key} of ${kind}`)
      const place = `${key} ${text.description}`
      const others = table.get(place)?.dataKinds ?? []
      table.set(place, { key, ...text, dataKinds: [...others, kind] })
    }
  }
  return [...table.values()]
}
