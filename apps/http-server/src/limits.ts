/** How much of the machine requests may take before anything looks at what they ask. */
export interface HttpLimits {
  /** More connections than this are closed at once. */
  readonly connections: number
  /** Request line and headers. */
  readonly headerBytes: number
  readonly pathBytes: number
  /** 0: no request may have a body. */
  readonly bodyBytes: number
  /** For the whole head of a request, and for the whole request. */
  readonly headerMs: number
  readonly requestMs: number
  /** A connection on which nothing moves for so long is closed, a reader that stopped reading too. */
  readonly idleMs: number
}

export const httpLimits: HttpLimits = {
  connections: 256,
  headerBytes: 16_384,
  pathBytes: 2_048,
  bodyBytes: 0,
  headerMs: 5_000,
  requestMs: 10_000,
  idleMs: 60_000,
}
