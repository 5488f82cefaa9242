/** Names of runs are long and begin alike: where there is no room, the beginning goes first. */

/** Of a name alone, as much as a small chart has room for. */
const longestTail = 16

/** How many letters of each label tell nothing that the others do not: never part of a word or number. */
export function headLengths(labels: readonly string[]): readonly number[] {
  const [first = '', ...others] = labels
  if (others.length === 0) return [headAlone(first)]
  let shared = 0
  while (shared < first.length && others.every((other) => other[shared] === first[shared])) shared++
  const head = /^.*[-/_= ]/.exec(first.slice(0, shared))?.[0].length ?? 0
  return labels.map(() => head)
}

/** Before the longest end that begins a word and has room. */
function headAlone(label: string): number {
  const from = Math.max(0, label.length - longestTail)
  if (from === 0) return 0
  const before = label.slice(from - 1, -1).search(/[-/_= ]/)
  return before < 0 ? from : from + before
}
