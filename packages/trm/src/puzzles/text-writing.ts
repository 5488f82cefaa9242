/** How square grids of one character a cell are written, for families that need nothing more. */
import type { PuzzleKind, PuzzleWriting } from './family.ts'
import { findGrids, frame, type RowReading, withoutCommands } from './reading/drawn.ts'

interface TextWriting extends Pick<PuzzleWriting, 'marks' | 'wanted' | 'wantedFirst'> {
  /** The characters that stand for a cell. */
  readonly symbols: string
  /** N of the grids that there are. */
  readonly sizes: readonly number[]
  /** The board of N × N cells. */
  readonly board: (size: number) => {
    readonly kind: PuzzleKind
    readonly parse: (text: string) => Int32Array
  }
  /** What a text must hold to be taken for one of these, where others are written with the same characters. */
  readonly certain: RegExp
}

/** Lines that begin with # are remarks; frames are passed over. */
export function textWriting({ symbols, sizes, board, certain, ...words }: TextWriting): PuzzleWriting {
  const isCell = (mark: string) => symbols.includes(mark)
  const cellsOf = (text: string) => Array.from(withoutCommands(text)).filter((mark) => !/\s/.test(mark))
  const sizeOf = (cells: number) => sizes.find((size) => size ** 2 === cells)
  const reading: RowReading = (line) => {
    const cells = cellsOf(line).filter((mark) => !/[│|┃─┌┐└┘+]/.test(mark))
    if (cells.length === 0) return frame
    const strange = cells.filter((mark) => !isCell(mark)).length
    return strange * 2 > cells.length ? undefined : { cells, strange, isFrameLike: false }
  }
  return {
    ...words,
    recognises(text) {
      const cells = cellsOf(text)
      if (sizeOf(cells.length) === undefined || !cells.every(isCell)) return 0
      return certain.test(text) ? 2 : 0.5
    },
    read(text, like) {
      const cells = cellsOf(text).filter((mark) => isCell(mark) || !/[│|┃─┌┐└┘+]/.test(mark))
      const size = typeof like?.size === 'number' ? like.size : (sizeOf(cells.length) ?? sizes[0]!)
      const { kind, parse } = board(size)
      return { kind, tokens: parse(cells.join('')) }
    },
    isComment: (line) => line.trimStart().startsWith('#'),
    find: (line) =>
      line
        .split(/[\s,;:"]+/)
        .filter((text) => sizeOf(text.length) !== undefined && cellsOf(text).every(isCell)),
    grids: (lines) => findGrids(lines, [reading], (count) => sizes.includes(count)),
  }
}
