/** The results of `trm bench paper` as files. */
import { join } from 'node:path'
import { type PaperResults, writeFileAtomically } from '@tiny-recursive-models/trm/node'
import { drawPaperChart } from './paper-chart.ts'
import { paperMarkdown } from './paper-table.ts'

/** @returns the files, as paths */
export async function writePaperResults(folder: string, results: PaperResults): Promise<string[]> {
  const contents = {
    'table.md': paperMarkdown(results),
    'results.json': `${JSON.stringify(results, null, 2)}\n`,
    'chart.svg': drawPaperChart(results.tables),
  }
  const paths: string[] = []
  for (const [name, text] of Object.entries(contents)) {
    const path = join(folder, name)
    await writeFileAtomically(path, new TextEncoder().encode(text))
    paths.push(path)
  }
  return paths
}
