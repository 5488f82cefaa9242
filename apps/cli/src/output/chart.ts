/** Small charts in text. */

const blocks = '▁▂▃▄▅▆▇█'

/** At most `width` means of neighbours, so that a long series fits a line. */
export function condense(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values]
  return Array.from({ length: width }, (_, place) => {
    const first = Math.floor((place * values.length) / width)
    const part = values.slice(first, Math.floor(((place + 1) * values.length) / width))
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
}

/** A line of blocks from the least to the greatest value, or from and to what `range` says. */
export function sparkline(values: readonly number[], width = 60, range?: readonly [number, number]): string {
  const shown = condense(values.filter(Number.isFinite), width)
  const [least, greatest] = range ?? [Math.min(...shown), Math.max(...shown)]
  const span = greatest - least
  return shown
    .map((value) => {
      const share = span > 0 ? (value - least) / span : 0
      return blocks[Math.min(blocks.length - 1, Math.max(0, Math.floor(share * blocks.length)))]
    })
    .join('')
}
