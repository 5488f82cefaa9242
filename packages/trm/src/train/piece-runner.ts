// Letters: M slots of a piece (the micro-batch).
import {
  type Executor,
  type HostTensor,
  type RunnableProgram,
  Workspace,
} from '@tiny-recursive-models/tensor'
import { type StepConfig, traceGradient } from '../programs/programs.ts'

export type Feeds = Readonly<Record<string, HostTensor>>

/** One piece of a batch to work on; its slots are `piece * M` to `(piece + 1) * M`. */
export interface PieceFeeds {
  readonly piece: number
  readonly feeds: Feeds
}

/** What a piece of a batch gives: outputs, and its part of the gradient. */
export interface PieceOutcome {
  readonly piece: number
  /** What `traceAccumulation` gives out: metrics, halted [M] and, with puzzle embeddings, rowGradient. */
  readonly outputs: Feeds
  /** This piece's own gradient of every trained weight, by its name; overwritten by the next `run`. */
  readonly gradient: Feeds
}

/**
 * What computes the gradients of the pieces of a batch, here or in other threads. It holds a copy of the weights
 * and the carry of every piece.
 */
export interface PieceRunner {
  /** Pieces that run side by side: no `run` is given more, so that few gradients are in memory at a time. */
  readonly atOnce: number
  /** Sets `weights.NAME` and `carry.NAME.PIECE`. */
  writeStates(states: ReadonlyMap<string, HostTensor>): Promise<void>
  /** Every `carry.NAME.PIECE`. */
  readCarry(): Promise<Map<string, HostTensor>>
  /** Forward and backward pass of each piece; outcomes in the order of the pieces given. */
  run(pieces: readonly PieceFeeds[]): Promise<readonly PieceOutcome[]>
  close(): Promise<void>
}

/** Opens the runner of a run whose recipe has more than one worker. */
export type OpenPieceRunner = (config: StepConfig) => Promise<PieceRunner>

/** Weights are shared by all pieces of a batch; every piece has a carry of its own. */
export const carryOfPiece =
  (piece: number) =>
  (state: string): string =>
    isCarry(state) ? `${state}.${piece}` : state

export const isCarry = (state: string): boolean => state.startsWith('carry.')

/** The piece that a state written by `carryOfPiece` belongs to. */
export const pieceOfCarry = (state: string): number => Number(state.slice(state.lastIndexOf('.') + 1))

const gradientPrefix = 'gradient.'

/**
 * Runs pieces one after the other on the executor given. Results are bit for bit those of worker threads only if
 * the executor has one thread, as theirs do: with more, sums inside a product are split otherwise.
 */
export async function inProcess(executor: Executor, config: StepConfig): Promise<PieceRunner> {
  const workspace = new Workspace(executor)
  return new LocalPieces(workspace, await workspace.compile(traceGradient(config)))
}

class LocalPieces implements PieceRunner {
  readonly atOnce = 1
  readonly #workspace: Workspace
  readonly #program: RunnableProgram

  constructor(workspace: Workspace, program: RunnableProgram) {
    this.#workspace = workspace
    this.#program = program
  }

  async writeStates(states: ReadonlyMap<string, HostTensor>): Promise<void> {
    for (const [name, tensor] of states) await this.#workspace.write(name, tensor)
  }

  async readCarry(): Promise<Map<string, HostTensor>> {
    const carry = new Map<string, HostTensor>()
    for (const name of this.#workspace.names())
      if (isCarry(name)) carry.set(name, await this.#workspace.read(name))
    return carry
  }

  async run(pieces: readonly PieceFeeds[]): Promise<readonly PieceOutcome[]> {
    const outcomes: PieceOutcome[] = []
    for (const { piece, feeds } of pieces) {
      const results = Object.entries(await this.#program.run(feeds, carryOfPiece(piece)))
      const isGradient = ([name]: readonly [string, HostTensor]) => name.startsWith(gradientPrefix)
      outcomes.push({
        piece,
        outputs: Object.fromEntries(results.filter((result) => !isGradient(result))),
        gradient: Object.fromEntries(
          results.filter(isGradient).map(([name, tensor]) => [name.slice(gradientPrefix.length), tensor]),
        ),
      })
    }
    return outcomes
  }

  async close(): Promise<void> {
    await this.#program.close()
    for (const name of this.#workspace.names()) this.#workspace.remove(name)
  }
}
