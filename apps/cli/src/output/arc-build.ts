/** A build of ARC sets in words. */
import { byteSize, grouped, plural } from '@tiny-recursive-models/trm/format'
import { type ArcBuildFacts, type ArcLeak, isPublishedLeak } from '@tiny-recursive-models/trm/puzzles/arc'
import { print } from './streams.ts'
import { formatTable } from './table.ts'

/** What is in a build, and what of the published sets was found twice. */
export function describeArcBuild(facts: ArcBuildFacts & { readonly folderBytes: number }): void {
  const rows = facts.subsets.map(({ name, tasks }) => [
    name,
    grouped(tasks),
    name === facts.test ? 'training pairs trained on, test pairs held out' : 'all pairs trained on',
  ])
  print(formatTable(['set', 'tasks', ''], rows, [1]))
  const left = [
    [facts.tooLarge, 'too large'],
    [facts.repeated, 'also in another set'],
  ] as const
  for (const [count, why] of left) if (count > 0) print(`${plural(count, 'task')} left out: ${why}`)
  print(
    `${plural(facts.tasks, 'task')}, ${grouped(facts.identifiers)} identifiers ` +
      `(${plural(facts.notFull, 'task has', 'tasks have')} fewer than ${grouped(facts.augmentations)} augmentations)`,
  )
  print(
    `${plural(facts.trainingExamples, 'training example')}, ${plural(facts.testQuestions, 'test question')} ` +
      `from ${plural(facts.testInputs, 'test input')}`,
  )
  for (const leak of facts.leaks.slice(0, 20)) print(describeLeak(leak))
  if (facts.leaks.length > 20) print(`… and ${grouped(facts.leaks.length - 20)} more (--json lists all)`)
  print(`checksum ${facts.checksum}; as a data folder ${byteSize(facts.folderBytes)}`)
}

export function describeLeak(leak: ArcLeak): string {
  const { heldOut, shownBy, shownIn, what } = leak
  if (what === 'task') return `leak: test task ${heldOut} is also in ${shownIn}`
  const pair = `a test pair of ${heldOut} is a training pair of ${shownBy} (${shownIn})`
  return isPublishedLeak(leak) ? `note: ${pair}, also in the published set` : `leak: ${pair}`
}
