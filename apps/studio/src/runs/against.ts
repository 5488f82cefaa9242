/** Accuracy of runs against a figure or a field: where their points stand. */
import type { Column, RunRow } from './table.ts'

export interface Axis {
  /** Where a value stands, 0 to 1; null for none. */
  readonly placeOf: (value: unknown) => number | null
  readonly marks: readonly { readonly place: number; readonly text: string }[]
}

/** Over this ratio small numbers would lie on each other. */
const wide = 20
/** More than that stand on each other. */
const mostMarks = 6

/** Numbers along a scale, which is logarithmic where they differ much; everything else side by side. */
export function axisOf(rows: readonly RunRow[], column: Column): Axis {
  const values = rows.map(column.value).filter((value) => value !== null)
  const textOf = new Map(rows.map((row) => [column.value(row), column.text(row)]))
  const isNumeric = values.length > 0 && values.every((value) => typeof value === 'number')
  const distinct = [...new Set(values)].sort((one, other) =>
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : String(one).localeCompare(String(other)),
  )
  const marked = evenly(distinct, mostMarks)
  const placeOf = isNumeric ? scaled(distinct as number[]) : sideBySide(distinct)
  return {
    placeOf,
    marks: marked.map((value) => ({ place: placeOf(value)!, text: textOf.get(value)! })),
  }
}

function scaled(sorted: readonly number[]): Axis['placeOf'] {
  const [low, high] = [sorted[0]!, sorted.at(-1)!]
  const isLogarithmic = low > 0 && high / low > wide
  const scale = (value: number): number => (isLogarithmic ? Math.log(value) : value)
  const length = scale(high) - scale(low)
  return (value) =>
    typeof value !== 'number' ? null : length === 0 ? 0.5 : (scale(value) - scale(low)) / length
}

function sideBySide(values: readonly unknown[]): Axis['placeOf'] {
  const places = new Map(
    values.map((value, index) => [value, values.length === 1 ? 0.5 : index / (values.length - 1)]),
  )
  return (value) => places.get(value) ?? null
}

/** The first, the last, and as many between as there is room for. */
function evenly<Value>(values: readonly Value[], most: number): readonly Value[] {
  if (values.length <= most) return values
  return Array.from(
    { length: most },
    (_, index) => values[Math.round((index * (values.length - 1)) / (most - 1))]!,
  )
}

/** A point for each run whose accuracy and value are known. */
export function placesOf(
  rows: readonly RunRow[],
  column: Column,
  { placeOf }: Axis,
): { readonly row: RunRow; readonly x: number; readonly y: number }[] {
  return rows.flatMap((row) => {
    const x = placeOf(column.value(row))
    return x === null || row.exact === null ? [] : [{ row, x, y: row.exact }]
  })
}
