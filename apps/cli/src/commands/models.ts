import type { ShippedModel } from '@tiny-recursive-models/trm'
import { byteSize, grouped, percent } from '@tiny-recursive-models/trm/format'
import { listShippedModels } from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { jsonOption } from '../options/options.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

export function addModels(command: Command): void {
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  trm models
  trm solve generated --model sudoku-6x6 --watch
  trm eval sudoku-6x6 --early`,
    )
    .action(async ({ json }: { json?: true }) => {
      const models = await listShippedModels()
      if (json) printJson(models)
      else print(describe(models))
    })
}

function describe(models: readonly ShippedModel[]): string {
  const rows = models.map(({ name, title, test, parameters, bytes }) => [
    name,
    title,
    percent(test.exactByStep.at(-1)),
    percent(test.early.exact),
    test.early.meanSteps.toFixed(1),
    grouped(test.puzzles),
    grouped(parameters),
    byteSize(bytes),
  ])
  const header = ['model', 'solves', 'exact', 'exact, early', 'steps', 'of', 'parameters', 'file']
  return [formatTable(header, rows, [2, 3, 4, 5, 6, 7]), ...models.flatMap(describeEffort)].join('\n')
}

/** What a model does when it is given more time than an evaluation takes: one attempt and several are two figures. */
function describeEffort({ name, test: { effort = [] } }: ShippedModel): string[] {
  const ways = effort.map(({ maxSteps, attempts, exact }) => {
    const several = attempts === 1 ? '' : ` and ${attempts} attempts, checked against the rules`
    return `${percent(exact)} in up to ${grouped(maxSteps)} steps${several}`
  })
  return ways.length === 0 ? [] : [`${name}: ${ways.join(', ')}`]
}
