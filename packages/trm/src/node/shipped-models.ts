/** The trained models that lie in this package. */
import { fileURLToPath } from 'node:url'
import { parseShippedModels, type ShippedModel } from '../shipped/shipped-models.ts'
import { readFileBounded } from './files.ts'

/** Two folders up from here, in the sources and in the built package. */
const folder = new URL('../../models/', import.meta.url)
const maxIndexBytes = 1_000_000

/** What is in the package, in the order of the recipes. */
export async function listShippedModels(): Promise<readonly ShippedModel[]> {
  const path = fileURLToPath(new URL('index.json', folder))
  const bytes = await readFileBounded(path, { maxBytes: maxIndexBytes })
  return parseShippedModels(JSON.parse(new TextDecoder().decode(bytes)), path)
}

/** The file of a shipped model. */
export const shippedModelPath = ({ file }: Pick<ShippedModel, 'file'>): string =>
  fileURLToPath(new URL(file, folder))
