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
  /** What comes out. How long it takes is measured. */
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
    variant: 'quick',
    outlook: 'It solves 95 % of unseen puzzles after half of its steps, and nearly all at the end.',
    evaluateEvery: 10,
  },
  {
    name: 'sudoku-6x6',
    outlook: 'It reaches 95 % after a third of its steps and ends above 99 %.',
    evaluateEvery: 20,
  },
  {
    name: 'sudoku-4x4-trm',
    variant: 'plain TRM',
    outlook: 'The published method on the smallest puzzle.',
    evaluateEvery: 20,
  },
  {
    name: 'sudoku-6x6-trm',
    variant: 'plain TRM',
    outlook: 'The published method; it reaches 95 % after half of its steps and ends at about 98 %.',
    evaluateEvery: 50,
  },
  {
    name: 'maze-small',
    outlook: 'It keeps improving to the end.',
    evaluateEvery: 100,
  },
  {
    name: 'paper-sudoku',
    variant: 'short',
    outlook: 'The base recipe of the comparison with the paper, which stops while it is still learning.',
    evaluateEvery: 25,
  },
  {
    name: 'paper-maze',
    variant: 'attention, short',
    outlook: 'The same comparison, with an attention model.',
    evaluateEvery: 25,
  },
  {
    name: 'sudoku-small',
    outlook: 'Better run on the command line: trm train sudoku-small.',
    evaluateEvery: 100,
  },
]

/** Puzzles that are made have their size in the recipe. */
const unknownSizes = { cells: 0, symbols: 0 }

export const choices: readonly Choice[] = offered.map((offer) => {
  const puzzles = boardOfData(findRecipe(offer.name).data, unknownSizes)?.title ?? offer.name
  return { ...offer, title: [puzzles, ...(offer.variant ? [offer.variant] : [])].join(', ') }
})

/** Steps that a closed page loses at most, and with them the weights that a replay shows. */
const maxCheckpointEvery = 20

export const findChoice = (name: string): Choice =>
  choices.find((choice) => choice.name === name) ?? choices[0]!

/** The recipe as a page trains it. Only what is measured and stored differs, not what is learned. */
export function recipeOf({ name, evaluateEvery }: Choice): Recipe {
  return overrideRecipe(findRecipe(name), [
    `training.evaluateEvery=${evaluateEvery}`,
    `training.checkpointEvery=${Math.min(evaluateEvery, maxCheckpointEvery)}`,
  ])
}

/** For people: the choice that a recipe is of, or its own name. */
export const titleOf = ({ name }: Recipe): string =>
  choices.find((choice) => choice.name === name)?.title ?? name
