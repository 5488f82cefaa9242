/** Which of the words of `trm solve` is the model and which the puzzle. */
import { stat } from 'node:fs/promises'
import { InputError, shippedModelFor } from '@tiny-recursive-models/trm'
import { listShippedModels } from '@tiny-recursive-models/trm/node'
import { generated, puzzleKindOfArgument } from './puzzle-argument.ts'

export interface ModelAndPuzzle {
  /** A run folder, a model file or the name of a shipped model. */
  readonly run: string
  readonly argument: string
}

/** @param second undefined where the first word is the puzzle: then `model`, or the shipped one that fits, solves it */
export async function modelAndPuzzle(
  first: string,
  second: string | undefined,
  { model, row }: { readonly model?: string; readonly row: number },
): Promise<ModelAndPuzzle> {
  if (second !== undefined) {
    if (model === undefined) return { run: first, argument: second }
    throw new InputError({
      who: 'trm solve',
      expected: 'one model',
      got: `${JSON.stringify(first)} and --model ${model}`,
      hint: 'Leave one of them out.',
    })
  }
  if (model !== undefined) return { run: model, argument: first }
  const models = await listShippedModels()
  const names = models.map(({ name }) => name)
  if (first === generated) {
    throw new InputError({
      who: `trm solve ${generated}`,
      expected: 'a model, which decides what to generate',
      got: 'none',
      hint: `Add --model ${names.join(' or ')}.`,
    })
  }
  if (names.includes(first) || (await isFolder(first))) {
    throw new InputError({
      who: `trm solve ${first}`,
      expected: 'a puzzle after the model',
      got: 'none',
      hint: `Write one out, name a file, or add ${generated}.`,
    })
  }
  return { run: shippedModelFor(models, await puzzleKindOfArgument(first, row)).name, argument: first }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
