/** Numbers for people. */

/** `83.2 %` */
export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || Number.isNaN(share)
    ? '–'
    : `${(100 * share).toFixed(digits)} %`
}

/** `, 71.0 % valid`, where that says more than the share of exact answers; else nothing. */
export const validShare = ({
  exactAccuracy,
  validAccuracy,
}: {
  exactAccuracy: number | null
  validAccuracy: number | null
}): string =>
  validAccuracy === null || validAccuracy === exactAccuracy ? '' : `, ${percent(validAccuracy)} valid`

/** Said of a test set in place of accuracies. */
export const noAnswers = 'no answers are known, so there are no accuracies'

interface Scored {
  readonly exactAccuracy: number | null
  readonly exactInterval: readonly [number, number] | null
}

/** `83.2 % exact (95 %: 79.1 % to 86.9 %)`, or that there is nothing to compare with. */
export function exactShare({ exactAccuracy, exactInterval }: Scored): string {
  if (exactAccuracy === null || exactInterval === null) return noAnswers
  const [low, high] = exactInterval
  return `${percent(exactAccuracy)} exact (95 %: ${percent(low)} to ${percent(high)})`
}

/** `, of which the answers of 12 are known`, where that is not all; else nothing. */
export const labelledShare = ({
  puzzles,
  labelled = puzzles,
}: {
  puzzles: number
  labelled?: number
}): string =>
  labelled === 0 || labelled === puzzles ? '' : `, of which the answers of ${grouped(labelled)} are known`

/** `42 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h` */
export function duration(elapsedMs: number): string {
  if (!Number.isFinite(elapsedMs)) return '–'
  const seconds = Math.max(0, Math.round(elapsedMs / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `0.0123`, `1.23`, `123`: three significant digits, without exponents for usual sizes. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(2)
  return String(Number(value.toPrecision(3)))
}

/** `999 B`, `1.2 kB`, `34 MB`, `1.82 GB`: powers of 1000, three significant digits. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let [value, unit] = [bytes, 0]
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1]
  return `${Number(value.toPrecision(3))} ${units[unit]}`
}

/** `1,234,567` */
export const grouped = (value: number): string => value.toLocaleString('en-US')

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`
