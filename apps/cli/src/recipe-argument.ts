import { findRecipe, InputError, overrideRecipe, parseRecipe, type Recipe } from '@tiny-recursive-models/trm'
import { readFileBounded } from '@tiny-recursive-models/trm/node'

/** A shipped recipe by name, or one from a JSON file, with `--set` overrides. */
export async function resolveRecipe(nameOrFile: string, overrides: readonly string[]): Promise<Recipe> {
  const isFile = nameOrFile.endsWith('.json') || /[\\/]/.test(nameOrFile)
  return overrideRecipe(isFile ? await readRecipeFile(nameOrFile) : findRecipe(nameOrFile), overrides)
}

async function readRecipeFile(path: string): Promise<Recipe> {
  const text = new TextDecoder().decode(await readFileBounded(path, { maximumBytes: 1_000_000 }))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const got = cause instanceof Error ? cause.message.slice(0, 100) : 'text that is not JSON'
    const hint = 'Correct the file; `trm recipes sudoku-6x6 > FILE` writes one to begin with.'
    throw new InputError({ who: path, expected: 'a recipe as JSON', got, hint }, { cause })
  }
  return parseRecipe(value, path)
}
