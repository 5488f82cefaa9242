/** JSON files that are one object with a key for every task: submissions and solutions. */
import { InputError } from '@tiny-recursive-models/tensor'
import { readJsonFile } from '../../data/json-file.ts'

/** A submission for 400 tasks of the largest size takes 3 MB; indented, a few times that. */
const maxTaskBytes = 32 * 2 ** 20

export const readTaskJson = (bytes: Uint8Array, name: string, hint: string): Promise<unknown> =>
  readJsonFile(bytes, { name, hint, maxBytes: maxTaskBytes })

/** The tasks of such a value, and theirs. */
export function taskEntries(value: unknown, name: string, hint: string): [task: string, value: unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value)
  throw new InputError({ who: name, expected: 'an object of tasks', got: kindOf(value), hint })
}

/** What a JSON value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
