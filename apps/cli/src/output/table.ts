import { stripVTControlCharacters } from 'node:util'

const width = (text: string): number => [...stripVTControlCharacters(text)].length
const gap = 2

/** Characters in a line of the terminal; a line is never cut where nobody says how long it may be. */
function terminalWidth(): number {
  const asked = process.stdout.columns ?? Number(process.env.COLUMNS)
  return asked > 0 ? asked : Number.POSITIVE_INFINITY
}

/**
 * Rows in columns of equal width; numbers (`right`) stand at the right edge of theirs. What is wider than the terminal
 * is broken between words, or where even that is too wide, listed row by row.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  available = terminalWidth(),
): string {
  const widths = fittingWidths(header, rows, right, available)
  if (widths === null) return formatList(header, rows, available)
  return [header, ...rows].flatMap((cells) => formatRow(cells, widths, right)).join('\n')
}

/** The natural widths, or narrower ones for columns of words; null where the words themselves are too wide. */
function fittingWidths(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
  available: number,
): number[] | null {
  const over = (measure: (cell: string) => number) =>
    header.map((title, column) => Math.max(measure(title), ...rows.map((row) => measure(row[column] ?? ''))))
  const widths = over(width)
  const least = over((cell) => Math.max(...cell.split(' ').map(width)))
  let excess = widths.reduce((sum, each) => sum + each, gap * (widths.length - 1)) - available
  while (excess > 0) {
    const spare = widths.map((each, column) => (right.includes(column) ? 0 : each - least[column]!))
    const widest = spare.indexOf(Math.max(...spare))
    if (!(spare[widest]! > 0)) return null
    const less = Math.min(excess, spare[widest]!)
    widths[widest]! -= less
    excess -= less
  }
  return widths
}

function formatRow(cells: readonly string[], widths: readonly number[], right: readonly number[]): string[] {
  const broken = widths.map((each, column) => breakWords(cells[column] ?? '', each))
  const height = Math.max(...broken.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    broken
      .map((lines, column) => {
        const text = lines[line] ?? ''
        const padding = ' '.repeat(widths[column]! - width(text))
        return right.includes(column) ? padding + text : text + padding
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

/** The first cell of every row, and under it the others with the titles of their columns. */
function formatList(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  available: number,
): string {
  const [, ...titles] = header
  const titleWidth = Math.max(0, ...titles.map(width))
  const room = Math.max(1, available - titleWidth - 2 * gap)
  const pad = (text: string) => text + ' '.repeat(titleWidth - width(text))
  return rows
    .flatMap(([name = '', ...cells]) => [
      name,
      ...titles.flatMap((title, column) =>
        breakWords(cells[column] ?? '', room).map((line, index) =>
          `  ${pad(index === 0 ? title : '')}  ${line}`.trimEnd(),
        ),
      ),
    ])
    .join('\n')
}

/** Lines of at most `room` characters; a longer word stands alone. */
function breakWords(text: string, room: number): string[] {
  if (width(text) <= room) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && width(last) + 1 + width(word) <= room)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
