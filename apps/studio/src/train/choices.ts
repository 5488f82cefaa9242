/** The recipes that a page can train: their puzzles are generated, and they are small enough to wait for. */
import {
  boardOfData,
  findRecipe,
  overrideRecipe,
  type Recipe,
  type RecipeName,
} from '@tiny-recursive-models/trm'

interface Offer {
  readonly name: RecipeName
  /** What tells it from another one with the same puzzles. */
  readonly variant?: string
  /** How long it takes, and what comes out. */
  readonly outlook: string
  /** Steps between evaluations; a page shows a curve, so they are closer than in the recipe. */
  readonly evaluateEvery: number
}

export interface Choice extends Offer {
  /** For people: its puzzles, and the variant. */
  readonly title: string
}

const offered: readonly Offer[] = [
  {
    name: 'sudoku-4x4',
    outlook: 'Seconds on a laptop; then it solves nearly every unseen puzzle.',
    evaluateEvery: 20,
  },
  {
    name: 'sudoku-6x6',
    outlook: 'One to a few minutes; it reaches 95 % after a third of that time and ends above 99 %.',
    evaluateEvery: 20,
  },
  {
    name: 'sudoku-6x6-trm',
    variant: 'plain TRM',
    outlook: 'Ten minutes to half an hour; it reaches 95 % after half of that time and ends at about 98 %.',
    evaluateEvery: 50,
  },
  {
    name: 'maze-small',
    outlook: 'About half an hour: 3,000 steps, and it keeps improving to the end.',
    evaluateEvery: 100,
  },
  {
    name: 'paper-sudoku',
    variant: 'short',
    outlook:
      'A few minutes: the base recipe of the comparison with the paper, which stops while it is still learning.',
    evaluateEvery: 25,
  },
  {
    name: 'paper-maze',
    variant: 'attention, short',
    outlook: 'A few minutes: the same comparison, with an attention model.',
    evaluateEvery: 25,
  },
  {
    name: 'sudoku-small',
    outlook:
      'Hours: 8,000 steps of about a second each. Better run on the command line: trm train sudoku-small.',
    evaluateEvery: 100,
  },
]

/** Puzzles that are made have their size in the recipe. */
const unknownSizes = { cells: 0, symbols: 0 }

export const choices: readonly Choice[] = offered.map((offer) => {
  const puzzles = boardOfData(findRecipe(offer.name).data, unknownSizes)?.title ?? offer.name
  return { ...offer, title: [puzzles, ...(offer.variant ? [offer.variant] : [])].join(', ') }
})

/** Steps that a closed page loses at most. The page stores a state less often than it gets one. */
const checkpointEvery = 20

export const findChoice = (name: string): Choice =>
  choices.find((choice) => choice.name === name) ?? choices[0]!

/** The recipe as a page trains it. Only what is measured and stored differs, not what is learned. */
export function recipeOf({ name, evaluateEvery }: Choice): Recipe {
  return overrideRecipe(findRecipe(name), [
    `training.evaluateEvery=${evaluateEvery}`,
    `training.checkpointEvery=${checkpointEvery}`,
  ])
}

/** For people: the choice that a recipe is of, or its own name. */
export const titleOf = ({ name }: Recipe): string =>
  choices.find((choice) => choice.name === name)?.title ?? name
