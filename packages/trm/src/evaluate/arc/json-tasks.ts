/** JSON files that are one object with a key for every task: submissions and solutions. */
import { InputError } from '@tiny-recursive-models/tensor'
import { duplicateKey } from '../../checkpoint/duplicate-key.ts'
import { decompressed } from '../../data/bytes.ts'

/** A submission for 400 tasks of the largest size takes 3 MB; indented, a few times that. */
const maximumTaskBytes = 32 * 2 ** 20

/**
 * The value of a JSON file, plain or gzip.
 *
 * @param name the file, for error messages
 * @param hint what the file should hold, for error messages
 * @throws InputError
 */
export async function readJsonFile(
  bytes: Uint8Array,
  { name, hint, maximumBytes }: { name: string; hint: string; maximumBytes: number },
): Promise<unknown> {
  return parseJson(await textOf(bytes, name, maximumBytes), name, hint)
}

/** The tasks of such a file, plain or gzip, and their values. */
export async function readTaskEntries(
  bytes: Uint8Array,
  name: string,
  hint: string,
): Promise<[task: string, value: unknown][]> {
  const text = await textOf(bytes, name, maximumTaskBytes)
  const value = parseJson(text, name, hint)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InputError({ who: name, expected: 'an object of tasks', got: kindOf(value), hint })
  const repeated = duplicateKey(text)
  if (repeated === null) return Object.entries(value)
  throw new InputError({
    who: name,
    expected: 'every key once',
    got: `${shownText(repeated)} twice in one object`,
    hint: 'Only one of the two would count: remove the other.',
  })
}

const textOf = async (bytes: Uint8Array, name: string, maximumBytes: number): Promise<string> =>
  new TextDecoder().decode(await decompressed(bytes, { name, maximumBytes }))

function parseJson(text: string, name: string, hint: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // The message quotes the file.
    const got = `"${shownText((cause as Error).message, 100)}"`
    throw new InputError({ who: name, expected: 'JSON', got, hint }, { cause })
  }
}

/** Text from a file as it may stand in a message: control characters escaped, cut where it is long. */
export const shownText = (text: string, longest = 40): string =>
  JSON.stringify(text.slice(0, longest)).slice(1, -1)

/** What a JSON value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
