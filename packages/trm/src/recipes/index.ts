/** The shipped recipes of all puzzle families, by name. */
import { InputError } from '@tiny-recursive-models/tensor'
import { families, type RecipeName } from '../puzzles/index.ts'
import { describeValue, unknownNameHint } from './messages.ts'
import { parseRecipe, type Recipe } from './schema.ts'

export type { FieldText } from '../data/field-text.ts'
export type { RecipeName } from '../puzzles/index.ts'
export { type RecipeField, recipeFieldTable } from './fields.ts'
export { overrideRecipe } from './override.ts'
export {
  findPaperVariant,
  mainPaperVariants,
  type PaperVariant,
  type PaperVariantName,
  paperColumns,
  paperVariantNames,
  paperVariants,
} from './paper.ts'
export {
  type DataRecipe,
  type ModelRecipe,
  type OptimizerRecipe,
  parseRecipe,
  type Recipe,
  type RecipeInput,
  type TrainingRecipe,
} from './schema.ts'

/** The shipped recipes by name, frozen. */
export const recipes: Readonly<Record<RecipeName, Recipe>> = Object.freeze(
  Object.fromEntries(
    families.flatMap(({ recipes = {} }) =>
      Object.entries(recipes).map(([name, draft]) => [
        name,
        parseRecipe({ name, ...draft }, `recipe ${name}`),
      ]),
    ),
  ) as Record<RecipeName, Recipe>,
)

/** The names of the shipped recipes. */
export const recipeNames = Object.keys(recipes) as readonly RecipeName[]

/**
 * The shipped recipe of that name; for an unknown name the error suggests the nearest one.
 * @throws InputError if no recipe has that name
 */
export function findRecipe(name: string): Recipe {
  const known = recipeNames.find((candidate) => candidate === name)
  if (known !== undefined) return recipes[known]
  throw new InputError({
    who: 'recipe',
    expected: 'the name of a shipped recipe',
    got: describeValue(name),
    hint: unknownNameHint(name, recipeNames, 'recipes'),
  })
}
