import { grouped } from '@tiny-recursive-models/trm/format'
import { findRecipe, type Recipe, recipeFieldTable, recipes } from '@tiny-recursive-models/trm/recipes'
import type { Command } from 'commander'
import { jsonOption } from '../options/options.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

export function addRecipes(command: Command): void {
  command
    .option('--fields', 'describe every field that --set can change, with the values of the named recipe')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm recipes
  trm recipes sudoku-6x6 > mine.json && trm train mine.json
  trm recipes sudoku-6x6 --fields`,
    )
    .action((name: string | undefined, { fields, json }: { fields?: true; json?: true }) => {
      const recipe = name === undefined ? undefined : findRecipe(name)
      if (fields) showFields(recipe, json === true)
      else if (recipe) printJson(recipe)
      else if (json) printJson(Object.values(recipes))
      else printList()
    })
}

/** The field table: of one recipe with its values, or of all with the kinds of data that have a field. */
function showFields(recipe: Recipe | undefined, asJson: boolean): void {
  const table = recipeFieldTable(recipe?.data.kind)
  if (asJson) {
    printJson(table)
    return
  }
  const rows = table.map(({ key, dataKinds, paper, official, description, defaultValue }) => {
    const elsewhere = [
      defaultValue !== undefined && `default: ${JSON.stringify(defaultValue)}`,
      paper && `paper: ${paper}`,
      official && `official: ${official}`,
    ].filter(Boolean)
    const value = recipe ? settingOf(recipe, key) : (dataKinds ?? []).join(', ')
    return [key, value, [description, ...elsewhere].join('; ').replaceAll('`', '')]
  })
  print(formatTable(['field', recipe ? 'value' : 'kind of data', 'what it is'], rows))
}

/** As `--set` takes it; empty where the recipe leaves the field out. */
function settingOf(recipe: Recipe, key: string): string {
  const [section, name] = key.split('.') as [keyof Recipe, string | undefined]
  const held: unknown = recipe[section]
  if (name === undefined) return String(held)
  const value = (held as Readonly<Record<string, unknown>> | null)?.[name]
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function printList(): void {
  const rows = Object.values(recipes).map(({ name, model, training, description }) => [
    name,
    String(model.width),
    model.mixer,
    grouped(training.steps),
    description,
  ])
  print(formatTable(['recipe', 'width', 'mixer', 'steps', 'description'], rows, [1, 3]))
}
