import { findRecipe, overrideRecipe, parseRecipe, type Recipe } from '@tiny-recursive-models/trm'
import { readJsonFile } from '@tiny-recursive-models/trm/data'
import { readFileBounded } from '@tiny-recursive-models/trm/node'

/** A shipped recipe by name, or one from a JSON file, with `--set` overrides. */
export async function resolveRecipe(nameOrFile: string, overrides: readonly string[]): Promise<Recipe> {
  const isFile = nameOrFile.endsWith('.json') || /[\\/]/.test(nameOrFile)
  return overrideRecipe(isFile ? await readRecipeFile(nameOrFile) : findRecipe(nameOrFile), overrides)
}

async function readRecipeFile(path: string): Promise<Recipe> {
  const maxBytes = 1_000_000
  const value = await readJsonFile(await readFileBounded(path, { maxBytes }), {
    name: path,
    expected: 'a recipe as JSON',
    hint: 'Correct the file; `trm recipes sudoku-6x6 > FILE` writes one to start from.',
    maxBytes,
  })
  return parseRecipe(value, path)
}
