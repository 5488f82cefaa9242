/** JSON files of others: settings, ARC tasks, submissions. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressedText } from './bytes.ts'
import { duplicateKey } from './files/duplicate-key.ts'

export interface JsonFileOptions {
  /** The file, for error messages. */
  readonly name: string
  /** What to do about a file that is not such JSON, for error messages. */
  readonly hint: string
  /** What the file should be, with an article if needed; JSON by default. */
  readonly expected?: string
  /** After unpacking. */
  readonly maxBytes: number
}

/**
 * The value of a JSON file, plain, gzip or alone in a zip archive, in UTF-8 or UTF-16.
 *
 * @throws InputError also if an object contains a key twice: `JSON.parse` would silently keep the last one
 */
export async function readJsonFile(bytes: Uint8Array, options: JsonFileOptions): Promise<unknown> {
  const { name, hint, expected = 'JSON', maxBytes } = options
  const text = await decompressedText(bytes, { name, content: 'json', maxBytes })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    // The message quotes the file.
    const got = `"${shownText((cause as Error).message, 100)}"`
    throw new InputError({ who: name, expected, got, hint }, { cause })
  }
  const repeated = duplicateKey(text)
  if (repeated === null) return value
  throw new InputError({
    who: name,
    expected: 'unique keys',
    got: `${shownText(repeated)} twice in one object`,
    hint: 'Only one of the two would count: remove or rename the other.',
  })
}

/** Text from a file as it may stand in a message: control characters escaped, cut where it is long. */
export const shownText = (text: string, longest = 40): string =>
  JSON.stringify(text.slice(0, longest)).slice(1, -1)
