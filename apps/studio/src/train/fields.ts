/** Settings of a recipe that can be changed in the page, as texts, and the recipe that they make. */
import { InputError, overrideRecipe, type Recipe } from '@tiny-recursive-models/trm'
import { type ModelFieldName, modelFieldText } from '@tiny-recursive-models/trm/recipes'

export interface Field {
  /** The key of the recipe. */
  readonly key: string
  readonly label: string
  readonly explain: string
}

/** Explained as in the glossary. */
function modelField(name: ModelFieldName, label: string, more = ''): Field {
  const { description } = modelFieldText(name)
  return {
    key: `model.${name}`,
    label,
    explain: `${description[0]?.toUpperCase()}${description.slice(1)}.${more}`,
  }
}

export const seedField: Field = {
  key: 'training.seed',
  label: 'Seed',
  explain: 'Decides first weights and the order of puzzles: the same seed gives the same run.',
}

export const advancedFields: readonly Field[] = [
  { key: 'training.steps', label: 'Steps', explain: 'Corrections of the weights in all.' },
  { key: 'training.batch', label: 'Batch', explain: 'Puzzles that one step works on at once.' },
  {
    key: 'optimizer.learningRate',
    label: 'Learning rate',
    explain: 'How far a step moves the weights. Too much, and nothing is learned.',
  },
  {
    key: 'optimizer.warmupSteps',
    label: 'Warm-up steps',
    explain: 'The learning rate rises over so many steps, and falls from there.',
  },
  modelField('width', 'Width', ' A multiple of 4.'),
  modelField('recursions', 'Recursions'),
  modelField('latentUpdates', 'Latent updates'),
  modelField('supervisionSteps', 'Supervision steps'),
  { key: 'data.train', label: 'Training puzzles', explain: 'Fewer are learned by heart sooner.' },
  { key: 'data.seed', label: 'Puzzle seed', explain: 'Another one makes other puzzles.' },
  {
    key: 'training.evaluateEvery',
    label: 'Evaluate every',
    explain: 'Steps between two tests on validation puzzles.',
  },
  {
    key: 'training.checkpointEvery',
    label: 'Keep every',
    explain: 'Steps between two states that are kept in this browser.',
  },
]

/** What was typed, by key; a key that is absent or empty keeps the recipe's own value. */
export type Values = Readonly<Record<string, string>>

export interface Composed {
  readonly recipe: Recipe | null
  readonly problem: FieldProblem | null
}

export interface FieldProblem {
  /** The key that it is about. */
  readonly key: string | null
  readonly text: string
}

/** The recipe with what was typed, or what is wrong with it. */
export function composeRecipe(base: Recipe, values: Values): Composed {
  const overrides = Object.entries(values)
    .filter(([, value]) => value.trim() !== '')
    .map(([key, value]) => `${key}=${value.trim()}`)
  try {
    return { recipe: overrideRecipe(base, overrides), problem: null }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { recipe: null, problem: problemOf(error) }
  }
}

function problemOf({ who, expected, got, hint }: InputError): FieldProblem {
  const key = /: ([\w.]+)$/.exec(who)?.[1] ?? null
  return { key, text: `Expected ${expected}, got ${got}. ${hint}` }
}

/** The value of a key such as training.steps, as it would be typed. */
export function settingOf(recipe: Recipe, key: string): string {
  let value: unknown = recipe
  for (const name of key.split('.')) {
    if (typeof value !== 'object' || value === null) return ''
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value === undefined ? '' : String(value)
}

/** What differs between two recipes, among the settings of this page: for people. */
export function describeChanges(base: Recipe, recipe: Recipe): readonly string[] {
  return [seedField, ...advancedFields]
    .filter(({ key }) => settingOf(base, key) !== settingOf(recipe, key))
    .map(({ key, label }) => `${label.toLowerCase()} ${settingOf(recipe, key)}`)
}
