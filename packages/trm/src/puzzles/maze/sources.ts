/** Where mazes of a recipe come from. */
import { z } from 'zod'
import {
  dataKind,
  dataSeed,
  fileFields,
  flag,
  generatedCounts,
  numberBetween,
  section,
  wholeNumber,
} from '../../data/fields.ts'
import { generatedSource } from '../generated-sets.ts'
import { fileSource } from '../reading/file-source.ts'
import { mazeBoard } from './board.ts'
import { generateMaze } from './generate.ts'
import { maxMazeSide, minMazeSide } from './grid.ts'
import { mazeGrid } from './grid-family.ts'
import { shortestSteps } from './path.ts'

const size = wholeNumber(minMazeSide, maxMazeSide).meta({ description: 'N: mazes are N × N' })
const augment = flag().default(false).meta({
  description: 'every draw is turned or mirrored, its label made by the rule; off in the published runs',
})

const generatedFields = z.strictObject(
  {
    kind: dataKind('maze-generated'),
    size,
    minDensity: numberBetween(0, 0.99).meta({
      description: 'least share of walls; every maze draws its own from here to `maxDensity`',
    }),
    maxDensity: numberBetween(0, 0.99).meta({ description: 'largest share of walls' }),
    minPath: wholeNumber(1, maxMazeSide ** 2 - 1).meta({
      description: 'least steps of the shortest path from start to goal',
    }),
    ...generatedCounts,
    augment,
    seed: dataSeed(),
  },
  section,
)

export type GeneratedMazeInput = z.input<typeof generatedFields>

const boardOf = ({ size }: { readonly size: number }) => mazeBoard({ puzzle: 'maze', size })

export const generatedMazes = generatedSource({
  kind: 'maze-generated',
  fields: generatedFields,
  violation({ minDensity, maxDensity, minPath, size }) {
    if (minDensity > maxDensity) {
      return {
        key: 'data.maxDensity',
        expected: `at least data.minDensity (${minDensity})`,
        got: String(maxDensity),
        hint: 'The share of walls is drawn between the two for every maze.',
      }
    }
    if (minPath < size ** 2) return null
    return {
      key: 'data.minPath',
      expected: `fewer steps than the ${size ** 2} cells of the maze`,
      got: String(minPath),
      hint: `A path of about data.size (${size}) steps is easy to find.`,
    }
  },
  board: boardOf,
  /** The rating is the steps of the shortest path, as published. */
  generate(data, random) {
    const { question, answer } = generateMaze(data.size, random, data)
    return { question, answer, rating: shortestSteps(question)! }
  },
  hint: () => 'Ask for fewer, or use a larger maze.',
})

const mazeFileFields = z.strictObject(
  {
    kind: dataKind('maze-file'),
    size,
    ...fileFields,
    augment,
    seed: dataSeed(),
  },
  section,
)

export type MazeFileInput = z.input<typeof mazeFileFields>

export const mazeFiles = {
  ...fileSource<z.infer<typeof mazeFileFields>>(mazeGrid, {
    kind: 'maze-file',
    fields: mazeFileFields,
    board: boardOf,
    sizeFields: ({ size }) => `data.size ${size}`,
  }),
  fields: mazeFileFields,
}
