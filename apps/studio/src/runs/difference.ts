/** Recipes side by side. */

export interface RecipeRow {
  /** Such as `model.width`. */
  readonly key: string
  /** One value for each recipe, as text; null where a recipe has no such key. */
  readonly values: readonly (string | null)[]
}

/** Every field of a recipe by its path, as it is written after `--set`. */
export function flatten(value: unknown, path = ''): [key: string, value: string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, textOf(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
}

/** The fields in which the recipes are not all alike; names and descriptions say nothing about a run. */
export function differences(recipes: readonly object[]): RecipeRow[] {
  const flat = recipes.map((recipe) => new Map(flatten(recipe)))
  const keys = new Set(flat.flatMap((fields) => [...fields.keys()]))
  return [...keys]
    .filter((key) => key !== 'name' && key !== 'description')
    .map((key) => ({ key, values: flat.map((fields) => fields.get(key) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
