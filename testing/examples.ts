/** What documents show, to be run as it stands there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository, run } from './packed/install.ts'

/** The blocks of code of a language in a document, by its path from the root of the repository. */
export function examplesOf(document: string, language: string): string[] {
  const text = readFileSync(join(repository, document), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code!)
}

/** Runs a block in Node, where the packages are their sources; gives what it prints. */
export async function printedBy(code: string): Promise<string> {
  const words = ['--import', 'tsx', '--input-type=module', '--eval', code]
  const { code: exit, stdout, stderr } = await run(repository, process.execPath, ...words)
  if (exit !== 0) throw new Error(stderr)
  return stdout
}
