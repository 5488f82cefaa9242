/** What a recipe field says of itself: the one table that the glossary, the command line and the page read. */
import { z } from 'zod'

/** What a field is, and what it is called elsewhere. */
export interface FieldText {
  /** Its label in the page. */
  readonly title: string
  /** In the paper (arXiv 2510.04871). */
  readonly paper?: string
  /** In the official code. */
  readonly official?: string
  readonly description: string
  /** What a recipe that leaves the field out has there; absent where it must be written, or may be missing. */
  readonly defaultValue?: unknown
}

/** @throws Error where a field says nothing of itself; a test asks every field */
export function fieldText(field: z.ZodType, path: string): FieldText {
  const { title, description, paper, official } = field.meta() ?? {}
  if (description === undefined) throw new Error(`${path} has no description`)
  return {
    title: title ?? titleOf(path),
    ...(typeof paper === 'string' && { paper }),
    ...(typeof official === 'string' && { official }),
    description,
    ...(field instanceof z.ZodDefault && { defaultValue: field.def.defaultValue }),
  }
}

/** `training.evaluateEvery` → `Evaluate every` */
function titleOf(path: string): string {
  const words = (path.split('.').at(-1) ?? path).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words[0]?.toUpperCase()}${words.slice(1)}`
}
