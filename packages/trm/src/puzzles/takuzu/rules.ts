/**
 * Takuzu (Binairo): every row and column holds as many 0 as 1, never three alike in a row, and no two rows and no two
 * columns are the same. N = size, S = N² cells; blank is token 1, 0 is 2 and 1 is 3.
 */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import type { Problem } from '../family.ts'
import { linesOf } from '../square.ts'

const blank = 1
const digits = [2, 3] as const

/** What is wrong with the cells that are filled. */
export function mistakes(tokens: Int32Array, size: number): Problem[] {
  const seen = new Map<string, string>()
  return linesOf(size).flatMap((cells, line) => {
    const name = `${line < size ? 'row' : 'column'} ${(line % size) + 1}`
    const values = cells.map((cell) => tokens[cell]!)
    const three = values.findIndex(
      (value, place) => value !== blank && value === values[place + 1] && value === values[place + 2],
    )
    if (three >= 0)
      return [{ message: `three alike stand together in ${name}`, cells: cells.slice(three, three + 3) }]
    for (const digit of digits)
      if (values.filter((value) => value === digit).length > size / 2)
        return [{ message: `${name} has more than ${size / 2} times ${digit - digits[0]}`, cells }]
    if (values.includes(blank)) return []
    const key = `${name.slice(0, 3)} ${values.join('')}`
    const other = seen.get(key)
    seen.set(key, name)
    return other === undefined ? [] : [{ message: `${other} and ${name} are the same`, cells }]
  })
}

interface Row {
  readonly bits: number
  /** [N] */
  readonly tokens: readonly number[]
  /** A hexadecimal digit a column: 1 where the row has a 0 there, and where it has a 1. */
  readonly counts: readonly [zeros: number, ones: number]
}

/** The rows that keep to the rules by themselves. */
function rowsOf(size: number): Row[] {
  const rows = Array.from({ length: 2 ** size }, (_, bits): Row => {
    const tokens = Array.from({ length: size }, (_, column) => digits[0] + ((bits >> column) & 1))
    const count = (digit: number) =>
      tokens.reduce((sum, token, column) => sum | (Number(token === digit) << (4 * column)), 0)
    return { bits, tokens, counts: [count(digits[0]), count(digits[1])] }
  })
  return rows.filter(
    ({ bits, tokens }) =>
      !hasThree(bits, bits >> 1, bits >> 2, 2 ** (size - 2) - 1) &&
      tokens.filter((token) => token === digits[0]).length === size / 2,
  )
}

/** Whether three rows of bits are alike in a place of `mask`. */
const hasThree = (a: number, b: number, c: number, mask: number): boolean =>
  ((a & b & c & mask) | (~a & ~b & ~c & mask)) !== 0

const known = new Map([4, 6, 8].map((size) => [size, rowsOf(size)]))

/** Solutions [S] of a question, at most `limit` of them, found row by row. */
export function solutions(
  question: Int32Array,
  size: number,
  limit: number,
  random?: RandomStream,
): Int32Array[] {
  const rows = random?.shuffle([...known.get(size)!]) ?? known.get(size)!
  const fitting = Array.from({ length: size }, (_, line) =>
    rows.filter(({ tokens }) =>
      tokens.every((token, column) => [blank, token].includes(question[line * size + column]!)),
    ),
  )
  const found: Int32Array[] = []
  const chosen: Row[] = []
  // A hexadecimal digit beyond N / 2 carries into its highest bit.
  const beyondHalf = (count: number) => ((count + (7 - size / 2) * 0x11111111) & 0x88888888) !== 0
  const fill = (zeros: number, ones: number): void => {
    const line = chosen.length
    if (line === size) {
      const answer = Int32Array.from(chosen.flatMap(({ tokens }) => tokens))
      if (mistakes(answer, size).length === 0) found.push(answer)
      return
    }
    for (const row of fitting[line]!) {
      if (found.length === limit) return
      const [before, last] = [chosen[line - 2], chosen[line - 1]]
      if (before && last && hasThree(before.bits, last.bits, row.bits, 2 ** size - 1)) continue
      const counts = [zeros + row.counts[0], ones + row.counts[1]] as const
      if (chosen.includes(row) || counts.some(beyondHalf)) continue
      chosen.push(row)
      fill(...counts)
      chosen.pop()
    }
  }
  fill(0, 0)
  return found
}
