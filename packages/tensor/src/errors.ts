/**
 * The one error type for wrong input anywhere in the project: who complains, what was expected, what came
 * instead, and what to do. The four parts are kept apart so that a command line, a page or a log can show them
 * in its own way; `message` joins them.
 */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly who: string
  readonly expected: string
  readonly got: string
  readonly hint: string

  constructor(parts: { who: string; expected: string; got: string; hint: string }, options?: ErrorOptions) {
    super(`${parts.who}: expected ${parts.expected}, got ${parts.got}. ${parts.hint}`, options)
    this.who = parts.who
    this.expected = parts.expected
    this.got = parts.got
    this.hint = parts.hint
  }
}
