import type { PuzzleFamily } from '../family.ts'
import { arcSymbols, publishedCanvas } from './encode.ts'
import { colourCount } from './grid.ts'
import { arcTasks } from './sources.ts'

/** ARC tasks: grids of any size on a canvas, each task with an embedding of its own. */
export const arc = {
  name: 'arc',
  sources: [arcTasks],
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
