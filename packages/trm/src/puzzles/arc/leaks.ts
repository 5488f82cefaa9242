/**
 * Test pairs that are trained on. ARC sets overlap (training2 holds 376 tasks of evaluation), and a model scored on
 * pairs that it has seen says nothing; so sets are compared by the ids of tasks and by the content of pairs, and not
 * by their names.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { pairFingerprint, pairOutline } from './digest.ts'
import { type ArcPair, type ArcTask, allPairs } from './task.ts'

/** A held-out task that training would show, whole or by one of its pairs. */
export interface ArcLeak {
  /** The task whose test pair is held out. */
  readonly heldOut: string
  /** The task that shows it in training. */
  readonly shownBy: string
  readonly shownIn: string
  /** The very task in another set, or a pair of another task with the same content up to symmetry and colours. */
  readonly what: 'task' | 'pair'
}

/**
 * Pairs that two tasks of the published ARC-AGI-1 share: [held out in evaluation, shown by training]. The first is
 * the same to the cell, the second up to symmetry. They belong to the benchmark, so they are reported, not refused.
 */
export const publishedLeaks: readonly (readonly [heldOut: string, shownBy: string])[] = [
  ['070dd51e', '40853293'],
  ['50a16a69', 'caa06a1f'],
]

/** Whether a leak is one that the published sets are known for. */
export const isPublishedLeak = ({ heldOut, shownBy }: ArcLeak): boolean =>
  publishedLeaks.some(([first, second]) => first === heldOut && second === shownBy)

/**
 * Where test pairs of the held-out tasks are trained on. A pair that a task shows in its own training pairs is the
 * task's own matter and no leak.
 *
 * @param heldOut tasks whose training pairs alone are trained on
 * @param others tasks all of whose pairs are trained on
 */
export function findArcLeaks(heldOut: readonly ArcTask[], others: readonly ArcTask[]): ArcLeak[] {
  const leaks: ArcLeak[] = []
  const ids = new Set(heldOut.map(({ id }) => id))
  for (const { id, subset } of others)
    if (ids.has(id)) leaks.push({ heldOut: id, shownBy: id, shownIn: subset, what: 'task' })
  const shown = [
    ...heldOut.map((task) => [task, task.train] as const),
    ...others.map((task) => [task, solvedPairs(allPairs(task))] as const),
  ]
  return [...leaks, ...findSharedPairs(heldOut, shown)]
}

/** Where a test pair of one of `owners` is among the pairs that another task shows. */
export function findSharedPairs(
  owners: readonly ArcTask[],
  shown: readonly (readonly [task: ArcTask, pairs: readonly ArcPair[]])[],
): ArcLeak[] {
  // Few pairs have the same size and the same numbers of cells of a colour; only those are looked at closely.
  const alike = new Map<string, { readonly id: string; readonly pair: ArcPair }[]>()
  for (const { id, test } of owners) {
    for (const pair of solvedPairs(test)) {
      const outline = pairOutline(pair)
      const others = alike.get(outline)
      if (others) others.push({ id, pair })
      else alike.set(outline, [{ id, pair }])
    }
  }
  return shown.flatMap(([{ id, subset }, pairs]) => {
    const found = new Set<string>()
    for (const pair of pairs)
      for (const owner of alike.get(pairOutline(pair)) ?? [])
        if (owner.id !== id && pairFingerprint(pair) === pairFingerprint(owner.pair)) found.add(owner.id)
    return [...found].map((heldOut) => ({ heldOut, shownBy: id, shownIn: subset, what: 'pair' as const }))
  })
}

/** The pairs whose output is known. */
export function solvedPairs(pairs: ReturnType<typeof allPairs>): readonly ArcPair[] {
  return pairs.filter((pair): pair is ArcPair => pair.output !== null)
}

/** @throws InputError where there is a leak that does not belong to the published benchmark */
export function refuseArcLeaks(leaks: readonly ArcLeak[], testSubset: string): void {
  const unknown = leaks.filter((leak) => !isPublishedLeak(leak))
  const [first] = unknown
  if (first === undefined) return
  const sets = [...new Set(unknown.map(({ shownIn }) => shownIn))].map((name) => {
    const held = new Set(unknown.filter(({ shownIn }) => shownIn === name).map((leak) => leak.heldOut))
    return `${held.size} in "${name}"`
  })
  const example =
    first.what === 'task'
      ? `task ${first.heldOut}`
      : `a test pair of ${first.heldOut}, which ${first.shownBy} shows`
  throw new InputError({
    who: `ARC test set "${testSubset}"`,
    expected: 'test tasks with no test pair in training',
    got: `${sets.join(', ')}, such as ${example}`,
    hint: 'Leave that set out of data.subsets. (With data.allowLeak=true they are trained on, and the score means nothing.)',
  })
}
