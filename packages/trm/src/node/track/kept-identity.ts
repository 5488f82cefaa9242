import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../files.ts'

/**
 * What a server calls the run, kept as `NAME.json` in the run folder, so that a resumed run goes on there. Null where
 * there is none, or nothing that can be read: then the run is a new one there.
 */
export async function readIdentity(
  folder: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

export const keepIdentity = (folder: string, name: string, identity: object): Promise<void> =>
  writeFileAtomically(
    join(folder, `${name}.json`),
    new TextEncoder().encode(`${JSON.stringify(identity, null, 2)}\n`),
  )
