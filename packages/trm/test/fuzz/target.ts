/** What the fuzzer needs to know about a kind of file. */
import { InputError, type RandomStream } from '@tiny-recursive-models/tensor'

/** Files by name; most kinds have one. */
export type Files = ReadonlyMap<string, Uint8Array>

/** A change that knows the format, so that what lies behind lengths and checksums is reached as well. */
export type StructuredMutation = (bytes: Uint8Array, random: RandomStream) => Uint8Array

export interface Target {
  /** Small valid files, each a start for mutations. */
  readonly samples: () => readonly Files[] | Promise<readonly Files[]>
  /** Changes for the file of that name, beside those of plain bytes. */
  readonly structured?: (name: string) => readonly StructuredMutation[]
  /** Whether plain mutations work on words and numbers of a text. */
  readonly isText?: (name: string) => boolean
  /**
   * Reads the files and checks what came out: an InputError is a sound answer, a value too if it holds together;
   * anything else that is thrown is a fault.
   */
  readonly read: (files: Files) => unknown
}

export const single = (bytes: Uint8Array): Files => new Map([['file', bytes]])

export const fileOf = (files: Files): Uint8Array => files.get('file')!

/** A fault where a reader returned a value that does not hold together. */
export function insist(isSound: boolean, what: string): void {
  if (!isSound) throw new Error(`the result is not sound: ${what}`)
}

/** JSON as the commands read it: text that is none is wrong input. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new InputError({ who: 'file', expected: 'JSON', got: 'other text', hint: 'Correct it.' })
  }
}
