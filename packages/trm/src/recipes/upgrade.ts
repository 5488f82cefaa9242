/**
 * Recipes that earlier versions wrote. Format 1, which names no format, called the recursions of a supervision step
 * `cycles` (the paper's T) and the latent updates of a recursion `recursions` (its n). Format 2 calls them `recursions`
 * and `latentUpdates`. Both formats have `recursions`, with another meaning: which one it is follows from the format or
 * from the key that only one of them has, and is never guessed. Format 3 shortens names that mean what they did.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { describeValue } from './messages.ts'

/** Raise this when a key of recipes changes its name or meaning, and upgrade what was written before. */
export const recipeFormat = 3

type Fields = Readonly<Record<string, unknown>>

/** Format 1 → format 2, in `model` and in each of `training.stages`. */
const newNames = new Map([
  ['cycles', 'recursions'],
  ['recursions', 'latentUpdates'],
])

/** Format 2 → format 3, by section. */
const shorterNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  optimizer: { averageDecay: 'emaDecay', minimumRatio: 'minRatio' },
  data: { minimumDensity: 'minDensity', maximumDensity: 'maxDensity', minimumPath: 'minPath' },
}

/**
 * `value` as a recipe of the present format; what is no recipe at all comes back as it is, to be refused by its fields.
 *
 * @throws InputError where the format is unknown, or where keys of both formats stand beside each other
 */
export function upgradeRecipe(value: unknown, who: string): unknown {
  if (!isFields(value) || !isFields(value.model)) return value
  const format = formatOf(value, value.model, who)
  const foreign = format === 1 ? 'latentUpdates' : 'cycles'
  for (const [path, depths] of depthsOf(value)) {
    if (!Object.hasOwn(depths, foreign)) continue
    throw format === 1 ? mixed(`${who}: ${path}`) : outdatedKeyError(`${path}.cycles`, who)
  }
  if (format === recipeFormat) return value
  return {
    ...withShorterNames(format === 1 ? withRecursions(value, value.model) : value),
    format: recipeFormat,
  }
}

/** Format 1 → 2. */
function withRecursions(recipe: Fields, model: Fields): Fields {
  const { training } = recipe
  return {
    ...recipe,
    model: withNewNames(model),
    ...(isFields(training) &&
      Array.isArray(training.stages) && {
        training: {
          ...training,
          stages: training.stages.map((stage) => (isFields(stage) ? withNewNames(stage) : stage)),
        },
      }),
  }
}

/** Format 2 → 3; an old key beside its new name stays, and is refused as unknown. */
function withShorterNames(recipe: Fields): Fields {
  const sections = Object.entries(shorterNames).flatMap(([section, names]) => {
    const fields = recipe[section]
    if (!isFields(fields)) return []
    const renamed = Object.entries(fields).map(([key, value]) => {
      const name = Object.hasOwn(names, key) ? names[key]! : key
      return [Object.hasOwn(fields, name) ? key : name, value]
    })
    return [[section, Object.fromEntries(renamed)]]
  })
  return { ...recipe, ...Object.fromEntries(sections) }
}

/** The error for `cycles` in a recipe or override of the present format. */
export function outdatedKeyError(path: string, who: string): InputError {
  const updates = path.replace('cycles', 'latentUpdates')
  const recursions = path.replace('cycles', 'recursions')
  return new InputError({
    who,
    expected: `${recursions}, as it is called now`,
    got: describeValue(path),
    hint: `${recursions} is now the number of recursions (T, formerly cycles), and ${updates} that of latent updates in each (n, formerly recursions).`,
  })
}

/** A recipe that names no format and is not of the first may have names of the second. */
function formatOf(recipe: Fields, model: Fields, who: string): number {
  if (Object.hasOwn(recipe, 'format')) {
    const { format } = recipe
    if (format === 1 || format === 2 || format === recipeFormat) return format
    throw new InputError({
      who: `${who}: format`,
      expected: `a recipe of format 1 to ${recipeFormat}`,
      got: describeValue(format),
      hint: 'Another version of this library wrote it: use that version.',
    })
  }
  const [isOld, isNew] = [Object.hasOwn(model, 'cycles'), Object.hasOwn(model, 'latentUpdates')]
  if (isOld && isNew) throw mixed(`${who}: model`)
  if (isOld !== isNew || !Object.hasOwn(model, 'recursions')) return isOld ? 1 : 2
  throw new InputError({
    who: `${who}: model.latentUpdates`,
    expected: 'model.recursions (T) and model.latentUpdates (n)',
    got: 'model.recursions alone, which meant n in older recipes',
    hint: 'Write both.',
  })
}

const mixed = (who: string): InputError =>
  new InputError({
    who,
    expected: 'recursions and latentUpdates (in older recipes, cycles and recursions)',
    got: 'both cycles and latentUpdates',
    hint: 'Write recursions (T) and latentUpdates (n), and leave cycles out.',
  })

/** What holds depths: the model and the stages, by their paths. */
function* depthsOf({ model, training }: Fields): Generator<readonly [string, Fields]> {
  if (isFields(model)) yield ['model', model]
  const stages: unknown = isFields(training) ? training.stages : null
  if (!Array.isArray(stages)) return
  for (const [index, stage] of stages.entries())
    if (isFields(stage)) yield [`training.stages.${index}`, stage]
}

const withNewNames = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [newNames.get(key) ?? key, value]))

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
