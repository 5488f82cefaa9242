/** Words for error messages about recipes: the nearest known name, a value in a few characters. */

/** Levenshtein distance where swapping two neighbours counts 1. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let best = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + (same ? 0 : 1),
      )
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (row > 1 && column > 1 && swapped) best = Math.min(best, beforePrevious[column - 2]! + 1)
      current.push(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]!
}

/** The known name most like `name`, or null when none is near enough to be what was meant. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const wanted = name.slice(0, 100).toLowerCase()
  let nearest: string | null = null
  let nearestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
    }
  }
  return nearestDistance <= Math.max(2, wanted.length / 2) ? nearest : null
}

/**
 * "Did you mean …? Known …: …" for a name that is not known.
 *
 * @param prefix what stands before the nearest name so that it can be copied, such as `optimizer.`
 */
export function unknownNameHint(name: string, known: readonly string[], what: string, prefix = ''): string {
  const nearest = nearestName(name, known)
  const question = nearest === null ? '' : `Did you mean '${prefix}${nearest}'? `
  return `${question}Known ${what}: ${known.join(', ')}.`
}

/** A value as it may stand in a message: JSON where that is possible, cut at 80 characters. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  let written: string | undefined
  try {
    written = JSON.stringify(value)
  } catch {
    written = undefined
  }
  const shown = written ?? `a value of type ${typeof value}`
  return shown.length <= 80 ? shown : `${shown.slice(0, 77)}…`
}
