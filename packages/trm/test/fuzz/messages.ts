/** What the fuzzer and its child say to each other. */

export interface WorkerTask {
  /** Address of the module that exports `targets`. */
  readonly targetsModule: string
  readonly seed: number
  /** The first case, and the one behind the last. */
  readonly from: number
  readonly to: number
}

export interface CaseBegin {
  readonly begin: number
  /** Of the child since its start, all threads together. */
  readonly processorMs: number
}

export interface CaseEnd {
  readonly end: number
  readonly kind: string
  readonly outcome: 'read' | 'refused' | 'fault'
  readonly fault?: string
  readonly changes?: readonly string[]
  /** Most memory that the child has had so far, array buffers included. */
  readonly peakMebibytes: number
  readonly processorMs: number
}

export type WorkerLine = CaseBegin | CaseEnd
