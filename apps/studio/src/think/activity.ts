/**
 * What the page Think is doing, as one value. A request has an AbortController of its own: it is aborted when
 * something else is begun, and what it still brings is then not heard.
 */
export type Activity =
  | { readonly name: 'idle' }
  /** A model is opened; what has been shown stays meanwhile. */
  | {
      readonly name: 'opening'
      /** Its id. */
      readonly entry: string
      readonly title: string
      readonly request: AbortController
    }
  /** The question is being checked before the model may think about it. */
  | { readonly name: 'waiting'; readonly request: AbortController }
  | { readonly name: 'thinking'; readonly request: AbortController }
  /** The model thinks about a question that is being changed; only its last answer is shown. */
  | { readonly name: 'trying'; readonly request: AbortController }
  /** The model thinks what has been shown from a recording until then. */
  | { readonly name: 'replacing'; readonly request: AbortController }

export const idle: Activity = { name: 'idle' }

/** Leaves one activity for another; a request that goes on in the next one is not aborted. */
export function follow(before: Activity, next: Activity): Activity {
  const request = before.name === 'idle' ? null : before.request
  if (request && (next.name === 'idle' || next.request !== request)) request.abort()
  return next
}

/** Ends thinking; the opening of a model goes on. */
export const withoutThought = (activity: Activity): Activity =>
  activity.name === 'opening' ? activity : follow(activity, idle)
