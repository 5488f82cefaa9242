/** The shipped recipes, by name. */
import { InputError } from '@tiny-recursive-models/tensor'
import { arcAgi1 } from './arc-agi-1.ts'
import { arcAgi2 } from './arc-agi-2.ts'
import { arcSmall } from './arc-small.ts'
import { maze9x9 } from './maze-9x9.ts'
import { maze15x15 } from './maze-15x15.ts'
import { mazeHard } from './maze-hard.ts'
import { mazeSmall } from './maze-small.ts'
import { describeValue, unknownNameHint } from './messages.ts'
import { paperMaze } from './paper-maze.ts'
import { paperSudoku } from './paper-sudoku.ts'
import { parseRecipe, type Recipe } from './schema.ts'
import { sudoku4x4 } from './sudoku-4x4.ts'
import { sudoku4x4Trm } from './sudoku-4x4-trm.ts'
import { sudoku6x6 } from './sudoku-6x6.ts'
import { sudoku6x6Trm } from './sudoku-6x6-trm.ts'
import { sudokuExtreme } from './sudoku-extreme.ts'
import { sudokuExtreme1k } from './sudoku-extreme-1k.ts'
import { sudokuExtremeAtt } from './sudoku-extreme-att.ts'
import { sudokuExtremeFlow } from './sudoku-extreme-flow.ts'
import { sudokuExtremeMlp } from './sudoku-extreme-mlp.ts'
import { sudokuSmall } from './sudoku-small.ts'

export { type FieldText, type ModelFieldName, modelFieldText } from './model-fields.ts'
export { overrideRecipe } from './override.ts'
export {
  findPaperVariant,
  mainPaperVariants,
  type PaperVariant,
  type PaperVariantName,
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

/** The names of the shipped recipes. */
export const recipeNames = [
  'sudoku-4x4',
  'sudoku-6x6',
  'sudoku-extreme',
  'sudoku-extreme-1k',
  'sudoku-4x4-trm',
  'sudoku-6x6-trm',
  'sudoku-small',
  'sudoku-extreme-mlp',
  'sudoku-extreme-att',
  'sudoku-extreme-flow',
  'maze-small',
  'maze-9x9',
  'maze-15x15',
  'maze-hard',
  'arc-small',
  'arc-agi-1',
  'arc-agi-2',
  'paper-sudoku',
  'paper-maze',
] as const

/** The name of a shipped recipe. */
export type RecipeName = (typeof recipeNames)[number]

/** The shipped recipes by name, frozen. */
export const recipes: Readonly<Record<RecipeName, Recipe>> = Object.freeze({
  'sudoku-4x4': parseRecipe(sudoku4x4, 'recipe sudoku-4x4'),
  'sudoku-6x6': parseRecipe(sudoku6x6, 'recipe sudoku-6x6'),
  'sudoku-extreme': parseRecipe(sudokuExtreme, 'recipe sudoku-extreme'),
  'sudoku-extreme-1k': parseRecipe(sudokuExtreme1k, 'recipe sudoku-extreme-1k'),
  'sudoku-4x4-trm': parseRecipe(sudoku4x4Trm, 'recipe sudoku-4x4-trm'),
  'sudoku-6x6-trm': parseRecipe(sudoku6x6Trm, 'recipe sudoku-6x6-trm'),
  'sudoku-small': parseRecipe(sudokuSmall, 'recipe sudoku-small'),
  'sudoku-extreme-mlp': parseRecipe(sudokuExtremeMlp, 'recipe sudoku-extreme-mlp'),
  'sudoku-extreme-att': parseRecipe(sudokuExtremeAtt, 'recipe sudoku-extreme-att'),
  'sudoku-extreme-flow': parseRecipe(sudokuExtremeFlow, 'recipe sudoku-extreme-flow'),
  'maze-small': parseRecipe(mazeSmall, 'recipe maze-small'),
  'maze-9x9': parseRecipe(maze9x9, 'recipe maze-9x9'),
  'maze-15x15': parseRecipe(maze15x15, 'recipe maze-15x15'),
  'maze-hard': parseRecipe(mazeHard, 'recipe maze-hard'),
  'arc-small': parseRecipe(arcSmall, 'recipe arc-small'),
  'arc-agi-1': parseRecipe(arcAgi1, 'recipe arc-agi-1'),
  'arc-agi-2': parseRecipe(arcAgi2, 'recipe arc-agi-2'),
  'paper-sudoku': parseRecipe(paperSudoku, 'recipe paper-sudoku'),
  'paper-maze': parseRecipe(paperMaze, 'recipe paper-maze'),
})

/** The shipped recipe of that name; an unknown name is answered with the nearest one. */
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
