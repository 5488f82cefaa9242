import { join } from 'node:path'
import { recipeNames, type ShippedModel } from '@tiny-recursive-models/trm'
import { writeFileAtomically } from '@tiny-recursive-models/trm/node'
import { modelCard } from './model-card.ts'
import type { PreparedModel } from './prepare-model.ts'

/** Puts models beside or in place of those that there are; the index after its files, the card after the index. */
export async function writeShippedModels(
  folder: string,
  before: readonly ShippedModel[],
  prepared: readonly PreparedModel[],
): Promise<readonly ShippedModel[]> {
  for (const { facts, bytes } of prepared) await writeFileAtomically(join(folder, facts.file), bytes)
  const known = new Map(
    [...before, ...prepared.map(({ facts }) => facts)].map((facts) => [facts.name, facts]),
  )
  const models = recipeNames.flatMap((name) => known.get(name) ?? [])
  const write = (name: string, text: string) =>
    writeFileAtomically(join(folder, name), new TextEncoder().encode(text))
  await write('index.json', `${JSON.stringify({ models }, null, 2)}\n`)
  await write('README.md', modelCard(models))
  return models
}
