/** A small maze with two shortest paths, for tests. */
import { parseMaze } from '../../../src/puzzles/maze/grid.ts'

export const question = ['S  #', ' #  ', '  # ', '#  G']
/** The label rule goes down first. */
export const label = ['S  #', 'o#  ', 'oo# ', '#ooG']
export const otherShortest = ['Soo#', ' #oo', '  #o', '#  G']

export const lineOf = (rows: readonly string[]) => rows.join('')
export const tokensOf = (rows: readonly string[]) => parseMaze(rows.join('\n')).tokens
export const bytesOf = (text: string) => new TextEncoder().encode(text)
