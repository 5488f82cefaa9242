import { type HttpLimits, httpLimits } from '@tiny-recursive-models/http-server'

/** How much of the machine requests may take. */
export interface StudioLimits extends HttpLimits {
  /** Streams of events open at a time; each is a connection too. */
  readonly eventStreams: number
  /** How often a file that is followed is looked at. */
  readonly pollMs: number
  /** A stream without news sends a comment so often, so that both sides notice a dead connection. */
  readonly heartbeatMs: number
}

export const studioLimits: StudioLimits = {
  ...httpLimits,
  eventStreams: 64,
  pollMs: 300,
  heartbeatMs: 15_000,
}
