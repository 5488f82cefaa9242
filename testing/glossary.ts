/** The tables of recipe fields in docs/glossary.md, made from the field table. */
import { readFileSync } from 'node:fs'
import { type RecipeField, recipeFieldTable } from '@tiny-recursive-models/trm/recipes'

export const glossaryFile = new URL('../docs/glossary.md', import.meta.url)

/** Headings of the glossary and the section of recipes under each. */
const headings = {
  model: 'Model fields',
  data: 'Data fields',
  optimizer: 'Optimiser fields',
  training: 'Training fields',
  noise: 'Noise fields',
} as const

/** Of a model's architecture, what its data says: no recipe has them. */
const sizes = [
  ['cells', 'S', '`seq_len`', 'from the data'],
  ['symbols', 'V', '`vocab_size`', 'from the data'],
  ['identifiers', '–', '`num_puzzle_identifiers`', 'rows of the puzzle table, from the data'],
] as const

/** The glossary with the tables that the fields make; a table is all lines from its heading's first `|` to its last. */
export function writtenGlossary(): { readonly written: string; readonly renewed: string } {
  const written = readFileSync(glossaryFile, 'utf8')
  let renewed = written
  for (const [section, heading] of Object.entries(headings)) {
    const place = new RegExp(`(\\n## ${heading}\\n[^|#]*)(?:\\|[^\\n]*\\n)+`)
    if (!place.test(renewed)) throw new Error(`docs/glossary.md has no table under "${heading}"`)
    renewed = renewed.replace(place, (_, before: string) => `${before}${tableOf(section)}\n`)
  }
  return { written, renewed }
}

function tableOf(section: string): string {
  const isData = section === 'data'
  const rows = recipeFieldTable()
    .filter(({ key }) => key.startsWith(`${section}.`))
    .map((field) => rowOf(field, isData))
  if (section === 'model') rows.push(...sizes.map(([name, ...cells]) => [`\`${name}\``, ...cells]))
  const header = ['field', isData ? 'kind of data' : 'paper', 'official code', 'meaning']
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function rowOf(field: RecipeField, isData: boolean) {
  const { key, dataKinds, paper = '–', official = '–', description, defaultValue } = field
  const kinds = dataKinds?.map((kind) => `\`${kind}\``).join(', ') ?? 'all'
  const name = key.slice(key.indexOf('.') + 1)
  const meaning =
    defaultValue === undefined
      ? description
      : `${description}; default \`${String(JSON.stringify(defaultValue)).replaceAll('"', '')}\``
  return [`\`${name}\``, isData ? kinds : paper, official, meaning]
}
