/** How a text was written. Windows programs and PowerShell's `>` write UTF-16. */
import { InputError } from '@tiny-recursive-models/tensor'
import { natureBytes } from './file-nature.ts'

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/**
 * By the mark at the beginning of the text, or by the zeros that UTF-16 puts beside ASCII. `bytes`: the whole file, or
 * its first `natureBytes` at least.
 *
 * @throws InputError for bytes with zeros in other places, which are no text
 */
export function encodingOf(bytes: Uint8Array, who: string): TextEncoding {
  const head = bytes.subarray(0, Math.min(natureBytes, bytes.length & ~1))
  if (startsWith(head, 0xff, 0xfe, 0, 0) || startsWith(head, 0, 0, 0xfe, 0xff))
    throw notText(who, 'text in UTF-32')
  if (startsWith(head, 0xff, 0xfe)) return 'utf-16le'
  if (startsWith(head, 0xfe, 0xff)) return 'utf-16be'
  if (!head.includes(0)) return 'utf-8'
  const zerosAt = (odd: number) => head.every((byte, index) => (byte === 0) === (index % 2 === odd))
  if (zerosAt(1)) return 'utf-16le'
  if (zerosAt(0)) return 'utf-16be'
  throw notText(who, 'bytes of an unknown format')
}

const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte)

function notText(who: string, got: string): InputError {
  const hint = 'Check that it is the right file, and save it as text in UTF-8.'
  return new InputError({ who, expected: 'text in UTF-8 or UTF-16', got, hint })
}
