/** Training together with the processes that a launcher of MPI has started. */
import { type Launch, launchOf, type MpiOptions } from '@tiny-recursive-models/trm/node'
import { Option } from 'commander'
import { wholeNumber } from './options.ts'

export interface RanksOptions {
  readonly mpi?: true
  readonly rankTimeout?: number
}

export const mpiOption = (): Option =>
  new Option('--mpi', 'train with the other ranks of a launcher of MPI that is not recognised')

export const rankTimeoutOption = (): Option =>
  new Option(
    '--rank-timeout <seconds>',
    'under mpirun or srun: give up a rank that shows no sign of life for so long (default: 60)',
  ).argParser(wholeNumber(1, 86_400))

/** How this process finds the others; undefined where it trains alone. */
export function ranksOf({ mpi, rankTimeout }: RanksOptions): MpiOptions | undefined {
  const launch = launchOf(process.env)
  if (!mpi && (launch === null || launch.size === 1)) return undefined
  return {
    ...(launch && { launch }),
    ...(rankTimeout !== undefined && { timeoutSeconds: rankTimeout }),
  }
}

/** Whether a launcher has said that this is another rank than 0, which has no files to write. */
export const isHelper = (launch: Launch | undefined): boolean => launch !== undefined && launch.rank > 0
