/** Recipes whose data is told by its files alone. */
import type { ReadDataFile } from '../data/parts.ts'
import { sourceOf } from '../puzzles/index.ts'
import type { Recipe } from './fields.ts'
import { parseRecipe } from './schema.ts'

/**
 * The recipe with what only the files of its data can tell, such as the symbols of a table: training begins with this,
 * and checkpoints keep it, so that a model knows its symbols without the file. Other recipes come back as they are.
 */
export async function completeRecipe(recipe: Recipe, readFile: ReadDataFile): Promise<Recipe> {
  const { complete } = sourceOf(recipe.data)
  if (complete === undefined) return recipe
  return parseRecipe({ ...recipe, data: await complete(recipe.data, readFile) }, `recipe ${recipe.name}`)
}
