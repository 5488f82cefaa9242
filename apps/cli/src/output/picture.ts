/** What is drawn, on a terminal or as SVG: rows of panels, each a grid of coloured cells. */

export interface CellStyle {
  /** `#rrggbb` */
  readonly colour: string
  /** One character that stands for it where there are no colours. */
  readonly sign: string
}

export interface CellGrid {
  readonly rows: number
  readonly columns: number
  /** [rows · columns], row by row: places in the palette */
  readonly cells: ArrayLike<number>
  /** Cells to point out, by their place. */
  readonly marked?: ReadonlySet<number>
}

export interface Panel {
  readonly title: string
  readonly grid: CellGrid
  readonly caption?: string
}

export interface PanelRow {
  readonly heading?: string
  /** Panels side by side. Where a line is too short for all, every group begins a line of its own. */
  readonly groups: readonly (readonly Panel[])[]
}

export interface Picture {
  readonly title: string
  readonly palette: readonly CellStyle[]
  readonly rows: readonly PanelRow[]
}

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number]

export function rgbOf(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Black or white, whichever is easier to see on the colour (luma of ITU-R BT.601). */
export function inkOn(colour: string): '#000000' | '#ffffff' {
  const [red, green, blue] = rgbOf(colour)
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? '#000000' : '#ffffff'
}

/** Equal neighbours of one row of a grid as runs, so that a drawing needs one shape for each of them. */
export function* runsOf(
  grid: CellGrid,
  row: number,
): Generator<{ readonly start: number; readonly length: number; readonly place: number }> {
  const { columns, cells } = grid
  const first = row * columns
  for (let start = 0; start < columns; ) {
    const place = cells[first + start]!
    let end = start + 1
    while (end < columns && cells[first + end] === place) end++
    yield { start, length: end - start, place }
    start = end
  }
}

/** What stands beside each other in lines of that width, and below it what did not fit. */
export function linesOf<Item extends { readonly width: number }>(
  groups: readonly (readonly Item[])[],
  width: number,
  gap: number,
): Item[][] {
  const all = groups.flat()
  const total = all.reduce((sum, item) => sum + item.width + gap, -gap)
  const lines: Item[][] = []
  for (const group of total <= width ? [all] : groups) {
    let used = Number.POSITIVE_INFINITY
    for (const item of group) {
      if (used + gap + item.width <= width) {
        lines.at(-1)!.push(item)
        used += gap + item.width
      } else {
        lines.push([item])
        used = item.width
      }
    }
  }
  return lines
}
