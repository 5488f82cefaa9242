/** How much of the machine requests may take. */
export interface StudioLimits {
  /** More connections than this are closed at once. */
  readonly connections: number
  /** Streams of events open at a time; each is a connection too. */
  readonly eventStreams: number
  /** Request line and headers. */
  readonly headerBytes: number
  readonly pathBytes: number
  /** For the whole head of a request, and for the whole request. */
  readonly headerMs: number
  readonly requestMs: number
  /** A connection on which nothing moves for so long is closed, a reader that stopped reading too. */
  readonly idleMs: number
  /** How often a file that is followed is looked at. */
  readonly pollMs: number
  /** A stream without news sends a comment so often, so that both sides notice a dead connection. */
  readonly heartbeatMs: number
}

export const studioLimits: StudioLimits = {
  connections: 256,
  eventStreams: 64,
  headerBytes: 16_384,
  pathBytes: 2_048,
  headerMs: 5_000,
  requestMs: 10_000,
  idleMs: 60_000,
  pollMs: 300,
  heartbeatMs: 15_000,
}
