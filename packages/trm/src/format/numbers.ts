/** Shown in place of a missing number. */
export const noNumber = '–'

/**
 * `83.2 %`; the digits are fixed, so that columns line up and a share just below 100 % does not look like 100 %.
 *
 * @param share 0 to 1; null, undefined or not finite = unknown
 */
export function percent(share: number | null | undefined, digits = 1): string {
  return isNumber(share) ? `${(100 * share).toFixed(digits)} %` : noNumber
}

/** `1,234,567`: a whole number. */
export function grouped(value: number): string {
  // A hundred times as fast as `toLocaleString`: tables of the page have thousands of numbers.
  return isNumber(value) ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',') : noNumber
}

/** `1 puzzle`, `2,000 puzzles` */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`

/** `0.0123`, `1.23`, `123`, `1.2e-5`: three significant digits, without exponents for usual sizes. */
export function significant(value: number): string {
  if (!isNumber(value)) return noNumber
  const rounded = Number(value.toPrecision(3))
  const size = Math.abs(rounded)
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(rounded)
  return rounded.toExponential().replace('e+', 'e')
}

/** `999 B`, `1.2 kB`, `34 MB`, `1.82 GB`: powers of 1000, three significant digits. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let [value, unit] = [bytes, 0]
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1]
  return `${Number(value.toPrecision(3))} ${units[unit]}`
}

const isNumber = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value)
