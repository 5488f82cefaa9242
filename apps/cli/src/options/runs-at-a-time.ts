import { availableParallelism } from 'node:os'
import { Option } from 'commander'
import { wholeNumber } from './options.ts'

export const jobsOption = (): Option =>
  new Option('--jobs <count>', 'runs at a time (default: as many as the cores allow)').argParser(
    wholeNumber(1, 256),
  )

/** Those that were asked for, or as many as the cores allow; on a GPU one. */
export const runsAtATime = (asked: {
  readonly jobs?: number
  readonly device?: string
  readonly threads?: number
}): number =>
  asked.jobs ??
  (asked.device === 'webgpu' ? 1 : Math.max(1, Math.floor(availableParallelism() / (asked.threads ?? 1))))

export const retryDivergedOption = (): Option =>
  new Option(
    '--retry-diverged',
    'train runs again whose loss has left all bounds, from their last checkpoint',
  )
