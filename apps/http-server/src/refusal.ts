import { InputError } from '@tiny-recursive-models/trm'
import type { ApiProblem } from './problem.ts'

/** A request that is answered by a status and an `ApiProblem`. */
export class Refusal extends InputError {
  readonly status: number

  constructor(status: number, problem: ApiProblem, options?: ErrorOptions) {
    super(problem, options)
    this.status = status
  }
}

export const problemOf = ({ who, expected, got, hint }: InputError): ApiProblem => ({
  who,
  expected,
  got,
  hint,
})

/** Words of a request, short enough to be repeated to whoever sent them. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)

export const notFound = (who: string, expected: string, hint: string): Refusal =>
  new Refusal(404, { who, expected, got: 'nothing with that name', hint })
