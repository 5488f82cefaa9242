/** Errors across threads: a structured clone keeps neither the class nor the four parts. */
import { InputError } from '@tiny-recursive-models/tensor'

export type CarriedError =
  | {
      readonly kind: 'input'
      readonly who: string
      readonly expected: string
      readonly got: string
      readonly hint: string
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | null }

export function packError(error: unknown): CarriedError {
  if (error instanceof InputError) {
    const { who, expected, got, hint } = error
    return { kind: 'input', who, expected, got, hint }
  }
  if (error instanceof Error) return { kind: 'other', message: error.message, stack: error.stack ?? null }
  return { kind: 'other', message: String(error), stack: null }
}

export function unpackError(carried: CarriedError): Error {
  if (carried.kind === 'input') {
    const { kind: _, ...parts } = carried
    return new InputError(parts)
  }
  const error = new Error(carried.message)
  if (carried.stack !== null) error.stack = carried.stack
  return error
}
