/**
 * What a sweep varies, as it is written on the command line:
 *
 *   optimizer.learningRate=1e-3,2e-3       these values
 *   optimizer.learningRate=1e-4..1e-2/5    five values at equal distances, the ends included
 *   optimizer.learningRate=log:1e-4..1e-2/5    the same on a logarithmic scale
 *   optimizer.learningRate=log:1e-4..1e-2  any value between them, for random sweeps
 */
import { InputError, type RandomStream } from '@tiny-recursive-models/tensor'

/** One field and the values that it takes. */
export interface Axis {
  /** `optimizer.learningRate` */
  readonly key: string
  readonly values: AxisList | AxisRange
}

interface AxisList {
  readonly kind: 'list'
  /** As they would follow `--set key=`. */
  readonly written: readonly string[]
}

interface AxisRange {
  readonly kind: 'range'
  readonly low: number
  readonly high: number
  readonly isLog: boolean
  /** How many values a grid takes of it; null where only random draws can. */
  readonly count: number | null
}

const number = String.raw`-?\d+(?:\.\d+)?(?:e[-+]?\d+)?`
const numberPattern = new RegExp(`^${number}$`, 'i')
const rangePattern = new RegExp(`^(log:)?(${number})\\.\\.(${number})(?:/(\\d{1,6}))?$`, 'i')

/**
 * Reads `key=values`.
 * @throws InputError if it is none, or a range that cannot be divided
 */
export function parseAxis(text: string): Axis {
  const equals = text.indexOf('=')
  const [key, rest] = [text.slice(0, Math.max(0, equals)).trim(), text.slice(equals + 1).trim()]
  if (key === '' || rest === '') {
    throw new InputError({
      who: 'sweep',
      expected: 'key=values',
      got: JSON.stringify(text),
      hint: 'For example: optimizer.learningRate=1e-3,2e-3, or log:1e-4..1e-2/5 for a range.',
    })
  }
  const range = rangePattern.exec(rest)
  if (range === null) return { key, values: { kind: 'list', written: splitList(rest) } }
  const [, log, low, high, count] = range
  const values: AxisRange = {
    kind: 'range',
    low: Number(low),
    high: Number(high),
    isLog: log !== undefined,
    count: count === undefined ? null : Number(count),
  }
  checkRange(text, values)
  return { key, values }
}

function checkRange(text: string, { low, high, isLog, count }: AxisRange): void {
  const wrong = !(low < high)
    ? 'a range from a smaller to a larger number'
    : isLog && low <= 0
      ? 'a logarithmic range above 0'
      : count !== null && count < 2
        ? 'at least two values of a range'
        : null
  if (wrong === null) return
  throw new InputError({
    who: 'sweep',
    expected: wrong,
    got: JSON.stringify(text),
    hint: 'For example: optimizer.learningRate=log:1e-4..1e-2/5.',
  })
}

/** At commas, except those inside brackets or quotation marks: a value may be JSON. */
function splitList(text: string): string[] {
  const parts: string[] = []
  let [depth, quoted, part] = [0, false, '']
  for (const [place, letter] of [...text].entries()) {
    if (letter === '"' && text[place - 1] !== '\\') quoted = !quoted
    else if (!quoted && '[{'.includes(letter)) depth++
    else if (!quoted && ']}'.includes(letter)) depth--
    if (letter === ',' && depth === 0 && !quoted) {
      parts.push(part.trim())
      part = ''
    } else part += letter
  }
  return [...new Set([...parts, part.trim()].map(canonical))].filter((value) => value !== '')
}

/** `1e-3` and `0.001` are the same value, and the same run. */
const canonical = (written: string): string =>
  numberPattern.test(written) ? String(Number(written)) : written

/**
 * The values that a grid takes, as they would follow `--set key=`.
 * @throws InputError for a range that does not say how many
 */
export function gridValues({ key, values }: Axis, isWhole: boolean): readonly string[] {
  if (values.kind === 'list') return values.written
  const { low, high, count, isLog } = values
  if (count === null) {
    throw new InputError({
      who: `sweep: ${key}`,
      expected: 'a range that says how many values to take',
      got: `${isLog ? 'log:' : ''}${low}..${high}`,
      hint: `Write ${isLog ? 'log:' : ''}${low}..${high}/5 for five, or draw some with \`random: 20\`.`,
    })
  }
  const inner = Array.from({ length: count }, (_, place) =>
    place === 0 ? low : place === count - 1 ? high : at(values, place / (count - 1), isWhole, isLog ? 3 : 9),
  )
  return [...new Set(inner.map(String))]
}

/** One value, drawn with equal probability: of those that a grid takes, or of a range that says no number. */
export function drawValue(axis: Axis, stream: RandomStream, isWhole: boolean): string {
  const { values } = axis
  if (values.kind === 'range' && values.count === null) return String(at(values, stream.float(), isWhole, 3))
  const grid = gridValues(axis, isWhole)
  return grid[stream.integer(grid.length)]!
}

/** The value at a share of a range, in as many digits as a person would type. */
function at({ low, high, isLog }: AxisRange, share: number, isWhole: boolean, digits: number): number {
  const exact = isLog ? low * (high / low) ** share : low + (high - low) * share
  const value = isWhole ? Math.round(exact) : Number(exact.toPrecision(digits))
  return Math.min(high, Math.max(low, value))
}
