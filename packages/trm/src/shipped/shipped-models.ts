/**
 * The trained models that come with this package. `models/index.json` lists them; a page fetches or imports that file,
 * Node reads it, and both check it here.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { olderFigureNames, renameKeys } from '../data/older-names.ts'
import type { PuzzleKind } from '../puzzles/family.ts'
import { boardOf, gridFamilies, isSamePuzzleKind } from '../puzzles/index.ts'
import { describeValue, unknownNameHint } from '../recipes/messages.ts'
import { deepFreeze } from '../recipes/schema.ts'

const share = z.number().min(0).max(1)
const count = z.int().min(1)
const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)

const puzzleKind = z.discriminatedUnion(
  'puzzle',
  gridFamilies.map(({ kind }) => kind) as unknown as [z.ZodObject, ...z.ZodObject[]],
) as unknown as z.ZodType<PuzzleKind>

const rounding = z.strictObject({ exact: share, early: z.strictObject({ exact: share, valid: share }) })

const shippedModel = z.strictObject({
  /** That of its recipe. */
  name,
  /** For people: "6×6 Sudoku". */
  title: z.string().min(1).max(80),
  /** A model file beside the index, as `encodeModelFile` writes it. */
  file: z.string().regex(/^[a-z0-9-]+\.safetensors$/),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  puzzle: puzzleKind,
  parameters: count,
  recipe: name,
  /** Which puzzles it was trained and tested on, in words, where they come from files. */
  source: z.string().min(1).max(1000).optional(),
  seed: z.int().min(0),
  /** The revision of this project that trained it. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** Optimiser steps of the run, and those behind the weights: the best by validation. */
  steps: count,
  weightsStep: count,
  /** The type of the numbers in the file; computing is float32. */
  precision: z.enum(['float16', 'float32']),
  /** Shares of the recipe's test puzzles, measured on the file as it is. */
  test: z.strictObject({
    puzzles: count,
    /** [supervision steps] every cell right, cells right, valid answers. */
    exactByStep: z.array(share).min(1),
    cellByStep: z.array(share).min(1),
    validByStep: z.array(share).min(1),
    /** Where every puzzle ends as soon as the model believes that it is right. */
    early: z.strictObject({ exact: share, valid: share, meanSteps: z.number().min(1) }),
    /**
     * Of models that end by standing still: what little and much thinking give. Several attempts go on until the rule of
     * the puzzle finds an answer right; steps, attempts and operations are those of a puzzle, over all its attempts.
     */
    effort: z
      .array(
        z.strictObject({
          maxSteps: count,
          attempts: count,
          exact: share,
          valid: share,
          meanSteps: z.number().min(1),
          meanAttempts: z.number().min(1),
          flopPerPuzzle: z.number().min(1),
        }),
      )
      .optional(),
  }),
  /** The same at the end, with the weights as they were trained and with each rounded to half precision. */
  float32: rounding,
  float16: rounding,
})

const indexFile = z.strictObject({ models: z.array(shippedModel) })

type ReadonlyDeep<T> = T extends object ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> } : T

/** One trained model of `models/index.json`. Shares are 0 to 1. */
export type ShippedModel = ReadonlyDeep<z.infer<typeof shippedModel>>

/**
 * Checks the content of `models/index.json`, of this version or an earlier one.
 * @throws InputError if the content is not a list of models
 */
export function parseShippedModels(value: unknown, who = 'models/index.json'): readonly ShippedModel[] {
  const result = indexFile.safeParse(renameKeys(value, olderFigureNames))
  if (!result.success) {
    const { path, message } = result.error.issues[0]!
    throw new InputError({
      who,
      expected: `a list of models with a valid '${path.join('.') || 'models'}'`,
      got: message,
      hint: 'Use the index.json that belongs to this version of the package.',
    })
  }
  return deepFreeze(result.data.models)
}

/**
 * The model of that name; for an unknown name the error suggests the nearest one.
 * @throws InputError if no model has that name
 */
export function findShippedModel(models: readonly ShippedModel[], name: string): ShippedModel {
  const found = models.find((model) => model.name === name)
  if (found !== undefined) return found
  throw new InputError({
    who: 'model',
    expected: 'the name of a shipped model',
    got: describeValue(name),
    hint: unknownNameHint(
      name,
      models.map((model) => model.name),
      'models',
    ),
  })
}

/**
 * The first model for puzzles of that kind and size; if none fits, the error lists the existing ones.
 * @throws InputError if no model is for such puzzles
 */
export function shippedModelFor(models: readonly ShippedModel[], kind: PuzzleKind): ShippedModel {
  const found = models.find(({ puzzle }) => isSamePuzzleKind(puzzle, kind))
  if (found !== undefined) return found
  throw new InputError({
    who: 'model',
    expected: `a model for a ${boardOf(kind).title}`,
    got: `models for ${models.map(({ title }) => title).join(', ') || 'nothing'}`,
    hint: `Train one and pass its run folder; the shipped models are ${models.map(({ name }) => name).join(', ')}.`,
  })
}
