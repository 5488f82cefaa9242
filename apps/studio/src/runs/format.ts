/** Numbers for people. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

export const grouped = (value: number): string => (Number.isFinite(value) ? whole.format(value) : '–')

export const plural = (count: number, word: string): string =>
  `${grouped(count)} ${word}${count === 1 ? '' : 's'}`

/** @param share 0 to 1 */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–'
  return `${(100 * share).toFixed(share === 1 || share === 0 ? 0 : 1)} %`
}

/** For an axis, where shares are round. */
export const roundPercent = (share: number): string => `${Math.round(100 * share)} %`

/** Three digits that count. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6))
    return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
  return String(Number(value.toPrecision(3)))
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const total = Math.round(seconds)
  if (total < 60) return seconds < 10 ? `${Number(seconds.toFixed(1))} s` : `${total} s`
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)]
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${total % 60} s`
}
