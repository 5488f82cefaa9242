/** Mazes drawn over several lines: their rows without a frame and an indent, and where they stand among other lines. */
import type { DrawnGrid } from '../family.ts'
import { withoutCommands } from '../reading/drawn.ts'
import { isNumberMaze, isWholeMaze, letters } from './letters.ts'
import { maxMazeSide, minMazeSide } from './tokens.ts'

const rule = /^\s*[┌└├╔╚╭╰┏┗+*]?[─━═=-]{2,}[┐┘┤╗╝╮╯┓┛+*]?\s*$/
const barred = /^\s*[│║┃|](.*)[│║┃|]\s*$/
const isMazeLine = new RegExp(`^(?:[${letters}!\\t]+|[0-3 ,]+|\\s*[│║┃|][${letters}!]+[│║┃|]\\s*)$`)

/**
 * The N rows of N characters of lines that hold one maze; undefined where they are no square. Spaces that an editor
 * dropped at the end of a line are put back.
 */
export function mazeRows(drawn: readonly string[]): string[] | undefined {
  const lines = drawn.map(withoutCommands)
  const inside = lines.filter((line) => !rule.test(line))
  const isFramed = inside.length > 0 && inside.every((line) => barred.test(line))
  const rows = isFramed ? inside.map((line) => barred.exec(line)![1]!) : inside
  const count = rows.length
  if (count < minMazeSide || count > maxMazeSide) return undefined
  const close = squared(rows, count)
  return close ?? narrowed(rows, count)
}

/** Without a common indent, and with lost spaces; one column may be lost whole. */
function squared(lines: readonly string[], count: number): string[] | undefined {
  const isIndented = lines.every((line) => line.startsWith('\t') || line.trim() === '')
  const rows = isIndented ? lines.map((line) => line.replace(/^\t+/, '')) : lines
  const width = Math.max(...rows.map((row) => row.length))
  // Where a dot is an open cell, no space was lost.
  const isShort = rows.some((row) => row.length < count) && /[.·]/.test(rows.join(''))
  if (width <= count && isShort) return undefined
  if (width === count || width === count - 1) return rows.map((row) => row.padEnd(count))
  const indent = width - count
  if (indent < 0 || !rows.every((row) => row.slice(0, indent).trim() === '')) {
    // Spaces at the ends beyond the maze.
    const isLoose = rows.every((row) => row.slice(count).trim() === '')
    return width > count && isLoose ? rows.map((row) => row.slice(0, count).padEnd(count)) : undefined
  }
  return rows.map((row) => row.slice(indent).padEnd(count))
}

/** Two characters a cell, as this project prints mazes: a mark or a space, then the letter; a wall twice. */
function narrowed(rows: readonly string[], count: number): string[] | undefined {
  const width = Math.max(...rows.map((row) => row.trimEnd().length))
  if (width > 2 * count || width < 2 * count - 2) return undefined
  const cells = rows.map((row) => {
    const pairs = row.padEnd(2 * count).match(/../gsu) ?? []
    return pairs.slice(0, count).map(cellOfPair)
  })
  return cells.every((row) => row.length === count && !row.includes(''))
    ? cells.map((row) => row.join(''))
    : undefined
}

function cellOfPair(pair: string): string {
  const [before, after] = [pair[0]!, pair[1]!]
  if (before === after || ' *!'.includes(before)) return after
  return after === ' ' ? before : ''
}

interface Block {
  readonly first: number
  readonly last: number
  /** Whether only empty lines part it from the block before. */
  readonly isJoined: boolean
}

/** The mazes among lines: whole ones, and blocks that look like one with a mistake. */
export function mazeGrids(lines: readonly string[]): DrawnGrid[] {
  const blocks = blocksOf(lines)
  const grids: DrawnGrid[] = []
  for (let place = 0; place < blocks.length; place++) {
    const { first, last } = blocks[place]!
    const end = endOfWhole(lines, blocks, place)
    if (end !== undefined) {
      grids.push({ first, last: blocks[end]!.last, isWhole: true })
      place = end
      continue
    }
    const several = stacked(lines, first, last)
    if (several.length > 0) grids.push(...several)
    else if (last - first >= 2 && looksLikeMaze(lines.slice(first, last + 1)))
      grids.push({ first, last, isWhole: false })
  }
  return grids
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let first = -1
  const end = (next: number): void => {
    const before = blocks.at(-1)
    const isJoined = before !== undefined && joins(lines, before.last, first)
    if (first >= 0) blocks.push({ first, last: next - 1, isJoined })
    first = -1
  }
  for (const [place, text] of lines.entries()) {
    // Longer ones are no row of the largest maze, two characters a cell and far indented.
    const line = text.length > 200 ? '' : withoutCommands(text)
    const isEmpty = line.length < 2 && line.trim() === ''
    if (isEmpty || !(isMazeLine.test(line) || rule.test(line))) end(place)
    else if (first < 0) first = place
  }
  end(lines.length)
  return blocks
}

/** Whether nothing but a few empty lines stands between. */
function joins(lines: readonly string[], last: number, first: number): boolean {
  if (first < 0 || first - last > maxMazeSide) return false
  return lines.slice(last + 1, first).every((line) => line.trim() === '')
}

/** The last of the blocks that together are one maze, of which rows of open cells became empty lines. */
function endOfWhole(lines: readonly string[], blocks: readonly Block[], start: number): number | undefined {
  const { first } = blocks[start]!
  for (let end = start; end < blocks.length && end - start < maxMazeSide; end++) {
    const { last, isJoined } = blocks[end]!
    if ((end > start && !isJoined) || last - first > maxMazeSide + 2) return undefined
    if (isWhole(lines.slice(first, last + 1))) return end
  }
  return undefined
}

function isWhole(lines: readonly string[]): boolean {
  const text = mazeRows(lines)?.join('')
  return text !== undefined && (isWholeMaze(text) || isNumberMaze(text))
}

/** Mazes without a line between them, as many rows each as a row has cells. */
function stacked(lines: readonly string[], first: number, last: number): DrawnGrid[] {
  const size = lines[first]!.length
  const count = (last - first + 1) / size
  if (size < minMazeSide || size > maxMazeSide || !Number.isInteger(count)) return []
  const grids = Array.from({ length: count }, (_, place) => {
    const from = first + place * size
    return { first: from, last: from + size - 1, isWhole: isWhole(lines.slice(from, from + size)) }
  })
  return grids.some((grid) => grid.isWhole) ? grids : []
}

const looksLikeMaze = (lines: readonly string[]): boolean => {
  const text = lines.join('')
  return /[#█▓■]/.test(text) || (/[Ss]/.test(text) && /[GgEe]/.test(text))
}
