/** A rank other than 0 of a training: computes its share, and touches no file but those of the data. */
import { availableParallelism } from 'node:os'
import { openExecutor } from '@tiny-recursive-models/tensor/node'
import type { OnDataProgress } from '../data/parts.ts'
import { loadDataSets } from '../puzzles/load.ts'
import { train } from '../train/train.ts'
import { dataReaderOf } from './data-files.ts'
import type { MpiRanks } from './mpi/mpi-ranks.ts'
import { hearFacts, hearStart, threadsOfRank } from './rank-start.ts'
import { pieceRunnerOf } from './worker-pieces.ts'

/** What `joinTraining` trains with. */
export interface JoinTrainingOptions {
  readonly ranks: MpiRanks
  /** By default a fair share of the cores of this machine. */
  readonly threads?: number
  readonly onData?: OnDataProgress
  /** Asked in every step; true ends the training of all ranks. */
  readonly shouldStop?: () => boolean
}

/**
 * Trains with rank 0, which says what.
 *
 * @throws InputError if what this rank has differs from what rank 0 has, or another rank dies
 */
export async function joinTraining({
  ranks,
  threads,
  onData,
  shouldStop,
}: JoinTrainingOptions): Promise<void> {
  const { recipe, begunIn, state, from } = await hearStart(ranks)
  const data = await loadDataSets(recipe.data, dataReaderOf(begunIn), (done, total) => {
    ranks.stillHere()
    onData?.(done, total)
  })
  const executor = await openExecutor({
    ...(await hearFacts(ranks, data.checksum)),
    threads: threads ?? threadsOfRank(availableParallelism(), ranks.localSize),
  })
  const events = train({
    recipe,
    data,
    executor,
    ranks,
    ...(state && { resume: state }),
    ...(from && { from }),
    ...(shouldStop && { shouldStop }),
    ...pieceRunnerOf(recipe, executor),
  })
  for await (const event of events) if (event.type === 'start') ranks.patience = 1
}
