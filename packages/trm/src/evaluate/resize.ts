import { InputError } from '@tiny-recursive-models/tensor'
import { modelConfig } from '../models/config.ts'
import { weightTypes } from '../models/weights.ts'
import { boardOfData } from '../puzzles/index.ts'
import { overrideRecipe, type Recipe } from '../recipes/index.ts'
import type { TrainedModel } from './thinker.ts'

/**
 * The same weights on puzzles of another side, and the recipe with that side: for models whose weights do not depend on
 * the position, such as those of the mixer `neighbours`, so that a model trained on small mazes can be evaluated on
 * large ones.
 *
 * @param size N: puzzles of N × N cells
 * @throws InputError if the weights depend on the size
 */
export function resizeModel(
  { model, recipe }: { readonly model: TrainedModel; readonly recipe: Recipe },
  size: number,
): { readonly model: TrainedModel; readonly recipe: Recipe } {
  if (!('size' in recipe.data))
    throw notResizable('a model for puzzles with data.size', `one of the recipe ${recipe.name}`)
  const resized = overrideRecipe(recipe, [`data.size=${size}`])
  const facts = { ...model.config, cells: size ** 2 }
  const { structure: _, ...settings } = facts
  const config = modelConfig(settings, facts, boardOfData(resized.data, facts)?.structure)
  const [before, after] = [weightTypes(model.config), weightTypes(config)]
  const placed = Object.keys(before).find((name) => before[name]!.shape.join() !== after[name]?.shape.join())
  if (placed !== undefined)
    throw notResizable(
      'weights that do not depend on the position',
      `${placed} of [${before[placed]!.shape}]`,
    )
  return { model: { ...model, config }, recipe: resized }
}

function notResizable(expected: string, got: string): InputError {
  return new InputError({
    who: 'another size',
    expected,
    got,
    hint: "Train one with the mixer 'neighbours' and positions 'none', such as the recipe maze-9x9.",
  })
}
