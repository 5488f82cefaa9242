/** Settings of a recipe that can be changed in the page, as texts, and the recipe that they make. */
import { InputError, overrideRecipe, type Recipe } from '@tiny-recursive-models/trm'
import { recipeFieldTable } from '@tiny-recursive-models/trm/recipes'
import { choices, recipeOf } from './choices.ts'

export interface Field {
  /** The key of the recipe. */
  readonly key: string
  readonly label: string
  readonly explain: string
}

/** The recipes of the page all generate their puzzles, so their fields mean the same. */
const table = recipeFieldTable(recipeOf(choices[0]!).data.kind)

/** A field as the field table calls and describes it. */
function fieldOf(key: string, more = ''): Field {
  const found = table.find((field) => field.key === key)
  if (!found) throw new Error(`recipes have no field ${key}`)
  const { title, description } = found
  const sentence = `${description[0]?.toUpperCase()}${description.slice(1)}.`
  return { key, label: title, explain: `${sentence.replaceAll('`', '')}${more}` }
}

export const seedField = fieldOf('training.seed')

export const advancedFields: readonly Field[] = [
  fieldOf('training.steps'),
  fieldOf('training.batch'),
  fieldOf('optimizer.learningRate'),
  fieldOf('optimizer.warmupSteps'),
  fieldOf('model.width', ' A multiple of 4.'),
  fieldOf('model.recursions'),
  fieldOf('model.latentUpdates'),
  fieldOf('model.supervisionSteps'),
  fieldOf('data.train'),
  fieldOf('data.seed'),
  fieldOf('training.evaluateEvery'),
  fieldOf('training.checkpointEvery'),
]

/** What was typed, by key; a key that is absent or empty keeps the recipe's own value. */
export type Values = Readonly<Record<string, string>>

export interface Composed {
  readonly recipe: Recipe | null
  readonly problem: FieldProblem | null
}

export interface FieldProblem {
  /** The key that it is about. */
  readonly key: string | null
  readonly text: string
}

/** The recipe with what was typed, or what is wrong with it. */
export function composeRecipe(base: Recipe, values: Values): Composed {
  const overrides = Object.entries(values)
    .filter(([, value]) => value.trim() !== '')
    .map(([key, value]) => `${key}=${value.trim()}`)
  try {
    return { recipe: overrideRecipe(base, overrides), problem: null }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { recipe: null, problem: problemOf(error) }
  }
}

function problemOf({ who, expected, got, hint }: InputError): FieldProblem {
  const key = /: ([\w.]+)$/.exec(who)?.[1] ?? null
  return { key, text: `Expected ${expected}, got ${got}. ${hint}` }
}

/** The value of a key such as training.steps, as it would be typed. */
export function settingOf(recipe: Recipe, key: string): string {
  let value: unknown = recipe
  for (const name of key.split('.')) {
    if (typeof value !== 'object' || value === null) return ''
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value === undefined ? '' : String(value)
}

/** What differs between two recipes, among the settings of this page: for people. */
export function describeChanges(base: Recipe, recipe: Recipe): readonly string[] {
  return [seedField, ...advancedFields]
    .filter(({ key }) => settingOf(base, key) !== settingOf(recipe, key))
    .map(({ key, label }) => `${label.toLowerCase()} ${settingOf(recipe, key)}`)
}
