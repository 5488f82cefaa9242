/** How the puzzles of a file stand in it, decided once from its first lines: a table, a list, drawn grids or JSON. */
import { InputError } from '@tiny-recursive-models/tensor'
import type { GridFamily } from '../family.ts'
import { cachedBoard } from './boards.ts'
import { type Columns, type Delimiter, delimiters, headerColumns, splitFields } from './columns.ts'
import { contentColumns, isAnswered } from './contents.ts'
import { jsonLayout } from './json.ts'
import { familyNamed, knownNames } from './names.ts'

export type Layout =
  /** One row a line, in fields; `first` is the place of the first row's line. */
  | {
      readonly kind: 'table'
      readonly delimiter: Delimiter
      readonly columns: Columns
      readonly first: number
    }
  /** One puzzle a line, or several. */
  | { readonly kind: 'list'; readonly first: number; readonly hasSeveral: boolean }
  | { readonly kind: 'drawn' }
  | { readonly kind: 'json'; readonly isLines: boolean }

export interface FoundLayout {
  readonly layout: Layout
  /** The only family, or the one that is the most certain. */
  readonly family: GridFamily
}

/** Lines that are looked at. */
export const headLines = 200
/** Rows of a table or list that are looked at. */
const headRows = 20
/** Characters of a line that is looked at. */
const longestLine = 10_000
/** Lines that may stand before a header. */
const linesBeforeHeader = 10

/** Excel writes this before a table. */
const isSeparatorLine = (line: string): boolean => /^sep=.$/.test(line)

const isRemark = (line: string, families: readonly GridFamily[]): boolean =>
  line.trim() === '' || isSeparatorLine(line) || families.every(({ writing }) => writing.isComment(line))

/** A line with its place. */
type Placed = readonly [place: number, line: string]

/**
 * The layout of a file, and its family where several could have written it; undefined where no puzzle is found.
 * Throws an InputError for a header with names that are not known.
 *
 * @param head the first lines, at most `headLines` of them
 * @param isAll whether these are all lines
 */
export function layoutOf(
  head: readonly string[],
  isAll: boolean,
  families: readonly GridFamily[],
  name: string,
): FoundLayout | undefined {
  const json = jsonLayout(head, isAll)
  if (json) {
    const family = mostCertain(families, ({ writing }) =>
      json.questions.slice(0, headRows).reduce((sum, text) => sum + writing.recognises(text), 0),
    )
    return { layout: { kind: 'json', isLines: json.isLines }, family: family ?? families.at(-1)! }
  }
  const header = headerTable(head, families)
  if (header) return { layout: header, family: familyOfTable(header, head, families) }
  let best: { layout: Layout; weight: number; family: GridFamily } | undefined
  for (const family of families) {
    const found = layoutFor(family, head, name)
    if (found && found.weight > (best?.weight ?? 0)) best = { ...found, family }
  }
  return best
}

/** The first of the families to which most is given; undefined where nothing is given to any. */
function mostCertain(
  families: readonly GridFamily[],
  weigh: (family: GridFamily) => number,
): GridFamily | undefined {
  let best: GridFamily | undefined
  let most = 0
  for (const family of families) {
    const weight = weigh(family)
    if (weight > most) [best, most] = [family, weight]
  }
  return best
}

/** A table by the names of its columns. */
export function headerTable(
  head: readonly string[],
  families: readonly GridFamily[] = [],
): (Layout & { kind: 'table' }) | undefined {
  const names = families.map((family) => family.name)
  let seen = 0
  for (const [place, line] of head.entries()) {
    if (line.trim() === '' || isSeparatorLine(line) || line.length > longestLine) continue
    if (seen++ === linesBeforeHeader) return undefined
    const tables = delimiters.flatMap((delimiter) => {
      const columns = headerColumns(splitFields(line, false, delimiter) ?? [], names)
      return columns ? [{ kind: 'table' as const, delimiter, columns, first: place + 1 }] : []
    })
    const [table, ...others] = tables
    if (table) {
      const widest = others.reduce(
        (wide, other) => (other.columns.count > wide.columns.count ? other : wide),
        table,
      )
      // A single word may be a heading over drawn grids.
      const isHeading = widest.columns.count === 1 && families.some((family) => hasGrids(family, head))
      return isHeading ? undefined : widest
    }
    if (families.some(({ writing }) => writing.find(line).length > 0)) return undefined
  }
  return undefined
}

const hasGrids = ({ writing }: GridFamily, lines: readonly string[]): boolean =>
  writing.grids(lines).some(({ isWhole }) => isWhole)

function familyOfTable(
  { delimiter, columns, first }: Layout & { kind: 'table' },
  head: readonly string[],
  families: readonly GridFamily[],
): GridFamily {
  const named = familyNamed(
    columns.names ?? [],
    families.map(({ name }) => name),
  )
  const rows = head.slice(first, first + headRows)
  const questions = rows.map((line) => splitFields(line, true, delimiter)?.[columns.question] ?? '')
  return (
    families.find(({ name }) => name === named) ??
    mostCertain(families, ({ writing }) =>
      questions.reduce((sum, question) => sum + writing.recognises(question), 0),
    ) ??
    families.at(-1)!
  )
}

/** The layout by what the lines hold, and how much of them is certain. */
function layoutFor(
  family: GridFamily,
  head: readonly string[],
  name: string,
): { layout: Layout; weight: number } | undefined {
  const { writing } = family
  const placed = [...head.entries()].filter(([, line]) => !isRemark(line, [family]))
  const rows = placed.slice(0, headRows)
  const table = delimiters
    .map((delimiter) => weighTable(family, rows, delimiter))
    .reduce((best, next) => (next.weight > best.weight ? next : best))
  const list = weighList(family, rows)
  const byLine = table.weight > 0 && table.weight >= list.weight ? table : list
  const grids = writing.grids(head)
  const whole = grids.filter(({ isWhole }) => isWhole)
  const covered = whole.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  const drawnWeight = whole
    .slice(0, headRows)
    .reduce((sum, grid) => sum + writing.recognises(textOf(head, grid)) * (grid.last - grid.first + 1), 0)
  // Where each line alone is a sound puzzle, that they make a square together is chance.
  const isList = byLine.rows > 0 && (byLine.isSound || byLine.rows > Math.min(covered, headRows))
  if (covered > 0 && !isList) return { layout: { kind: 'drawn' }, weight: drawnWeight }
  if (byLine.weight > 0) {
    const layout =
      byLine === table ? tableLayout(family, rows, table.delimiter, name) : listLayout(family, rows)
    return { layout, weight: byLine.weight }
  }
  return grids.length > 0 ? { layout: { kind: 'drawn' }, weight: 0.5 } : undefined
}

export const textOf = (lines: readonly string[], { first, last }: { first: number; last: number }): string =>
  lines.slice(first, last + 1).join('\n')

interface Weight {
  readonly weight: number
  /** Lines with a puzzle. */
  readonly rows: number
  /** Whether every line has a puzzle without a mistake. */
  readonly isSound: boolean
}

function weighTable(
  family: GridFamily,
  rows: readonly Placed[],
  delimiter: Delimiter,
): Weight & { delimiter: Delimiter } {
  const questions = rows.map(([, line]) => {
    if (line.length > longestLine || !line.includes(delimiter)) return []
    const fields = splitFields(line, true, delimiter) ?? []
    return fields.filter((field) => family.writing.recognises(field) >= 1)
  })
  return { delimiter, ...weigh(family, questions) }
}

function weighList(family: GridFamily, rows: readonly Placed[]): Weight {
  const { writing } = family
  const found = weigh(
    family,
    rows.map(([, line]) => writing.find(line)),
  )
  if (found.weight > 0) return found
  // Puzzles with a mistake in each, to be named.
  return { ...found, weight: rows.reduce((sum, [, line]) => sum + writing.recognises(line), 0) }
}

function weigh(family: GridFamily, rows: readonly (readonly string[])[]): Weight {
  const { writing } = family
  const filled = rows.filter((texts) => texts.length > 0)
  return {
    weight: filled.reduce((sum, [first]) => sum + writing.recognises(first!), 0),
    rows: filled.length,
    isSound:
      filled.length > 0 && filled.length === rows.length && rows.every(([first]) => isSound(first!, family)),
  }
}

function isSound(text: string, family: GridFamily): boolean {
  try {
    const { kind, tokens } = family.writing.read(text)
    const question = family.writing.questionOf?.(tokens) ?? tokens
    return cachedBoard(family, kind)
      .mistakes(question)
      .every(({ isWarning }) => isWarning)
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

function tableLayout(
  family: GridFamily,
  rows: readonly Placed[],
  delimiter: Delimiter,
  name: string,
): Layout {
  const split = rows.map(([, line]) => splitFields(line, true, delimiter) ?? [])
  const certainty = (fields: readonly string[]) => Math.max(0, ...fields.map(family.writing.recognises))
  const start = certainty(split[0]!) > 0 ? 0 : 1
  if (start === 1 && split[0]!.length > 1) throw unknownHeader(name, rows[0]![0] + 1, rows[0]![1])
  return {
    kind: 'table',
    delimiter,
    columns: contentColumns(split.slice(start), family),
    first: rows[start]![0],
  }
}

function listLayout(family: GridFamily, rows: readonly Placed[]): Layout {
  const { writing } = family
  // A title stands over a list; what has the marks of a puzzle is one with a mistake.
  const isTitle = ([, line]: Placed) => writing.recognises(line) === 0 && writing.find(line).length === 0
  const start = rows.length > 1 && isTitle(rows[0]!) ? 1 : 0
  const hasSeveral = rows.some(([, line]) => {
    const found = writing.find(line)
    return found.length > 2 || (found.length === 2 && found.every((text) => !isAnswered(text, family)))
  })
  return { kind: 'list', first: rows[start]![0], hasSeveral }
}

function unknownHeader(name: string, line: number, text: string): InputError {
  return new InputError({
    who: `${name}, line ${line}`,
    expected: `a header with a column ${knownNames.question}`,
    got: shown(text),
    hint: `Use these names, ${knownNames.answer} for the answers, or leave the header out.`,
  })
}

/** The beginning of a line, for messages. */
export function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, 200))
  return quoted.length > 80 ? `${quoted.slice(0, 77)}…"` : quoted
}
