/** The table of runs: its columns, and how it is searched, sorted and grouped. */
import type { Setting } from '@tiny-recursive-models/studio-server/api'
import { duration, grouped, noNumber, percent, significant } from '@tiny-recursive-models/trm/format'

/** A run as the table shows it. */
export interface RunRow {
  readonly name: string
  readonly state: string
  readonly recipe: string | null
  readonly seed: number | null
  /** 0 to 1: of test puzzles where the run has been tested, or else the best on validation. */
  readonly exact: number | null
  readonly isTested: boolean
  readonly early: number | null
  readonly step: number
  readonly steps: number | null
  readonly parameters: number | null
  /** Milliseconds of training. */
  readonly time: number | null
  readonly flop: number | null
  /** Milliseconds since 1970. */
  readonly begun: number | null
  /** By the keys of recipes. */
  readonly settings: Readonly<Record<string, Setting>>
}

type Value = Setting

export interface Column {
  readonly key: string
  readonly title: string
  readonly isNumber: boolean
  readonly value: (row: RunRow) => Value
  readonly text: (row: RunRow) => string
}

const number = (
  key: string,
  title: string,
  value: (row: RunRow) => number | null,
  format: (value: number) => string,
): Column => ({
  ...{ key, title, isNumber: true, value },
  text: (row) => {
    const found = value(row)
    return found === null ? noNumber : format(found)
  },
})
const words = (key: string, title: string, value: (row: RunRow) => string | null): Column => ({
  ...{ key, title, isNumber: false, value },
  text: (row) => value(row) ?? noNumber,
})

/** Day and time, in an order that can be sorted by eye. */
const moment = (ms: number): string => {
  const time = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`
}

export const columns: readonly Column[] = [
  words('name', 'Name', ({ name }) => name),
  words('state', 'State', ({ state }) => state),
  number('exact', 'Exact', ({ exact }) => exact, percent),
  number('early', 'Early', ({ early }) => early, percent),
  number('steps', 'Steps', ({ step }) => step, grouped),
  number('parameters', 'Parameters', ({ parameters }) => parameters, grouped),
  number('time', 'Time', ({ time }) => time, duration),
  number('flop', 'FLOP', ({ flop }) => flop, significant),
  number('begun', 'Begun', ({ begun }) => begun, moment),
]

/** The column of a field in which recipes differ. */
export const fieldColumn = (key: string): Column => ({
  key,
  title: key,
  isNumber: false,
  value: ({ settings }) => settings[key] ?? null,
  text: ({ settings }) => String(settings[key] ?? noNumber),
})

const operators = ['>=', '<=', '!=', '=', '>', '<'] as const
type Operator = (typeof operators)[number]

/**
 * The rows that fit all words of a search. `exact>0.9`, `width=64` and `state!=done` compare a column, or a field by the
 * end of its name; every other word is looked for in name, recipe and state.
 */
export function search(rows: readonly RunRow[], text: string, fields: readonly string[]): readonly RunRow[] {
  const tests = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => testOf(word, fields))
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)))
}

function testOf(word: string, fields: readonly string[]): (row: RunRow) => boolean {
  const operator = operators.find((one) => word.includes(one))
  const [key = '', wanted = ''] = operator ? word.split(operator) : []
  const column = operator && key !== '' ? columnOf(key, fields) : undefined
  if (!operator || !column)
    return ({ name, recipe, state }) =>
      [name, recipe ?? '', state].some((part) => part.toLowerCase().includes(word))
  return (row) => compares(column.value(row), operator, wanted)
}

function columnOf(key: string, fields: readonly string[]): Column | undefined {
  const known = columns.find((column) => column.key === key)
  const field = fields.find((one) => [one.toLowerCase(), one.toLowerCase().split('.').at(-1)].includes(key))
  return known ?? (field === undefined ? undefined : fieldColumn(field))
}

function compares(value: Value, operator: Operator, wanted: string): boolean {
  // `90%` is a share, like 0.9.
  const share = /^([\d.]+)%$/.exec(wanted)
  const asked = share ? Number(share[1]) / 100 : Number(wanted)
  const isNumber = wanted !== '' && !Number.isNaN(asked) && typeof value === 'number'
  const [left, right] = isNumber ? [value, asked] : [String(value ?? '').toLowerCase(), wanted]
  switch (operator) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '>':
      return value !== null && left > right
    case '<':
      return value !== null && left < right
    case '>=':
      return value !== null && left >= right
    case '<=':
      return value !== null && left <= right
  }
}

export interface Order {
  readonly key: string
  readonly isFalling: boolean
}

/** What has no value comes last, whichever the direction; equals stay in the order of their names. */
export function sort(rows: readonly RunRow[], { key, isFalling }: Order): readonly RunRow[] {
  const { value } = columns.find((column) => column.key === key) ?? fieldColumn(key)
  const sign = isFalling ? -1 : 1
  return rows
    .map((row) => ({ row, value: value(row) }))
    .sort((one, other) => {
      if (one.value === null || other.value === null)
        return Number(one.value === null) - Number(other.value === null) || byName(one.row, other.row)
      return sign * order(one.value, other.value) || byName(one.row, other.row)
    })
    .map(({ row }) => row)
}

let collator: Intl.Collator | undefined
/** Made when it is first needed: the browser loads much for it. */
function compareWords(one: string, other: string): number {
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(one, other)
}
const byName = (one: RunRow, other: RunRow): number => compareWords(one.name, other.name)
const order = (one: Exclude<Value, null>, other: Exclude<Value, null>): number =>
  typeof one === 'number' && typeof other === 'number'
    ? one - other
    : compareWords(String(one), String(other))

/** Runs that have a value in common. */
export interface Group {
  readonly title: string
  readonly rows: readonly RunRow[]
  /** Of their exact accuracies; null where none is known. */
  readonly mean: number | null
  /** Sample standard deviation; null for fewer than two. */
  readonly deviation: number | null
}

/** What tables can be grouped by, beside the fields in which recipes differ. */
export const seedsApart = 'all but the seed'

/**
 * Groups in the order in which each first appears.
 *
 * @param by a column, a field, or `seedsApart`: runs that differ in their seed only
 */
export function group(rows: readonly RunRow[], by: string, fields: readonly string[]): readonly Group[] {
  const keys = by === seedsApart ? fields.filter((key) => key !== 'training.seed') : [by]
  const parts = keys.map((key) => columns.find((column) => column.key === key) ?? fieldColumn(key))
  const titleOf = (row: RunRow): string =>
    parts
      .map(
        (column) =>
          (parts.length === 1 && by !== seedsApart ? `${column.title} ` : `${shortName(column.title)} `) +
          column.text(row),
      )
      .join(', ') || 'all runs'
  const groups = new Map<string, RunRow[]>()
  for (const row of rows) {
    const title = titleOf(row)
    const known = groups.get(title)
    if (known) known.push(row)
    else groups.set(title, [row])
  }
  return [...groups].map(([title, members]) => ({
    title,
    rows: members,
    ...spread(members.flatMap(({ exact }) => exact ?? [])),
  }))
}

/** `width` of `model.width` */
export const shortName = (key: string): string => key.split('.').at(-1)!

/** Mean and sample standard deviation. */
export function spread(values: readonly number[]): Pick<Group, 'mean' | 'deviation'> {
  if (values.length === 0) return { mean: null, deviation: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)) }
}

/** A row of a table as a comma-separated line; what could be a formula in a spreadsheet stays a text. */
export function csvLine(values: readonly Value[]): string {
  return values
    .map((value) => {
      const text = value === null ? '' : String(value)
      const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
    })
    .join(',')
}

/** Columns that the page counts in milliseconds, as others write them. */
const written: Readonly<Record<string, Pick<Column, 'key' | 'value'>>> = {
  time: { key: 'seconds', value: ({ time }) => time && time / 1000 },
  begun: {
    key: 'begun',
    value: ({ begun }) => (begun === null ? null : new Date(begun).toISOString()),
  },
}

/** The rows with every column and field. */
export function csv(rows: readonly RunRow[], fields: readonly string[]): string {
  const all = [...columns.map((column) => written[column.key] ?? column), ...fields.map(fieldColumn)]
  const lines = rows.map((row) => csvLine(all.map(({ value }) => value(row))))
  return [csvLine(all.map(({ key }) => key)), ...lines, ''].join('\n')
}
