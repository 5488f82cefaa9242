import { grouped } from '@tiny-recursive-models/trm/format'
import { findRecipe, recipes } from '@tiny-recursive-models/trm/recipes'
import type { Command } from 'commander'
import { jsonOption } from '../options/options.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

export function addRecipes(command: Command): void {
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm recipes
  trm recipes sudoku-6x6 > mine.json && trm train mine.json`,
    )
    .action((name: string | undefined, { json }: { json?: true }) => {
      if (name !== undefined) printJson(findRecipe(name))
      else if (json) printJson(Object.values(recipes))
      else printList()
    })
}

function printList(): void {
  const rows = Object.values(recipes).map(({ name, model, training, description }) => [
    name,
    String(model.width),
    model.mixer,
    grouped(training.steps),
    description,
  ])
  print(formatTable(['recipe', 'width', 'mixer', 'steps', 'what it is'], rows, [1, 3]))
}
