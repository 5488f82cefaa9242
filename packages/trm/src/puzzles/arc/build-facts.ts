/** What a build of ARC sets holds, in figures. */
import type { ArcBuild } from './build.ts'
import type { ArcLeak } from './leaks.ts'
import { arcTrainingPuzzles } from './load-arc.ts'

/** What a build of ARC sets holds. */
export interface ArcBuildFacts {
  readonly subsets: readonly { readonly name: string; readonly tasks: number }[]
  /** The set whose test pairs are held out. */
  readonly test: string
  readonly tasks: number
  /** Tasks that were left out: grids that do not fit, and those of another set too. */
  readonly tooLarge: number
  readonly repeated: number
  readonly identifiers: number
  /** Tasks that look alike under many transforms have fewer versions. */
  readonly notFull: number
  readonly augmentations: number
  readonly seed: number
  readonly trainingExamples: number
  readonly testInputs: number
  readonly testQuestions: number
  readonly leaks: readonly ArcLeak[]
  /** Of the training puzzles and the test puzzles. */
  readonly checksum: string
}

/** @param asked what the build was made with */
export function arcBuildFacts(
  build: ArcBuild,
  asked: { readonly subsets: readonly string[]; readonly augmentations: number; readonly seed: number },
): ArcBuildFacts {
  const { subsets, augmentations, seed } = asked
  const { tasks, versions, test, leaks, tooLarge, repeated } = build
  const { count, checksum } = arcTrainingPuzzles(build, '')
  return {
    subsets: subsets.map((name) => ({ name, tasks: tasks.filter(({ subset }) => subset === name).length })),
    test: test.name,
    tasks: tasks.length,
    tooLarge,
    repeated,
    identifiers: versions.identifiers,
    notFull: tasks.filter((_, task) => versions.count(task) <= augmentations).length,
    augmentations,
    seed,
    trainingExamples: count,
    testInputs: test.inputs,
    testQuestions: test.count,
    leaks,
    checksum: `${checksum}-${test.checksum}`,
  }
}
