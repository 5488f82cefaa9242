import type { PuzzleFamily } from '../family.ts'
import { arcSymbols, publishedCanvas } from './encode.ts'
import { colourCount } from './grid.ts'
import { arcDocument } from './parse.ts'
import { arcRecipes } from './recipes/index.ts'
import { arcTasks } from './sources.ts'

export { arcSetOfTask, arcWithAugmentations } from './arc-part.ts'
export { type ArcPuzzleSet, type ArcQuestion, isArcPuzzleSet } from './arc-puzzle-set.ts'
export { type ArcTransform, parseAugmentedName } from './augment.ts'
export type { ArcBuild } from './build.ts'
export { type ArcBuildFacts, arcBuildFacts } from './build-facts.ts'
export { cropTokens, encodeGrid } from './encode.ts'
export { type Grid, gridFromJson, gridsEqual, gridToJson } from './grid.ts'
export { type ArcLeak, isPublishedLeak } from './leaks.ts'
export { type ArcData, type ArcRecord, arcTrainingPuzzles, readAndBuildArc } from './load-arc.ts'
export { type ArcSource, type ListedTask, listArcTasks, parseArcTask, parseKaggleTasks } from './parse.ts'
export { type ArcFiles, publishedSubsets } from './read.ts'
export { type ArcPair, type ArcTask, type ArcTestPair, largestSide } from './task.ts'

/** ARC tasks: grids of any size on a canvas, each task with its own embedding. */
export const arc = {
  name: 'arc',
  sources: [arcTasks],
  recipes: arcRecipes,
  document: arcDocument,
  published: {
    sizes: [{ symbols: arcSymbols, cells: publishedCanvas ** 2 }],
    latentUpdates: 4,
    dataOf: () => undefined,
    names: () => [
      'padding',
      'border',
      ...Array.from({ length: colourCount }, (_, colour) => `colour ${colour}`),
    ],
  },
} as const satisfies PuzzleFamily
