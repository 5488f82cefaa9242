import { readFile } from 'node:fs/promises'
import { type Golden, parseGolden } from './golden.ts'

/** NAME.json and NAME.safetensors. */
export async function readGolden(pathWithoutEnding: string): Promise<Golden> {
  const json = await readFile(`${pathWithoutEnding}.json`, 'utf8')
  return parseGolden(json, await readFile(`${pathWithoutEnding}.safetensors`), pathWithoutEnding)
}
