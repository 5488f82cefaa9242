/** What rank 0 tells the others before they train together, so that only it needs the run folder and the recipe. */
import { cpus } from 'node:os'
import { type Device, type Executor, InputError } from '@tiny-recursive-models/tensor'
import type { ExecutorName } from '@tiny-recursive-models/tensor/node'
import { decodeSafetensors, encodeSafetensors } from '../checkpoint/safetensors.ts'
import { type StoredTensor, toFloat32 } from '../checkpoint/stored-tensor.ts'
import { decodeTrainingState, encodeTrainingState, type TrainingState } from '../checkpoint/training-state.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { parseRecipe, type Recipe } from '../recipes/schema.ts'
import type { Ranks } from '../train/ranks.ts'

/** A training as rank 0 has found it. */
export interface RankStart {
  readonly recipe: Recipe
  /** The folder that relative paths of the recipe are meant from; null for the present one. */
  readonly begunIn: string | null
  readonly state: TrainingState | null
  /** Weights to start from. */
  readonly from: Pick<TrainedModel, 'weights'> | null
}

type Told = Pick<RankStart, 'begunIn'> & { readonly recipe: unknown }

const who = 'rank 0'

export async function tellStart(ranks: Ranks, { recipe, state, from, ...rest }: RankStart): Promise<void> {
  const told: Told = { recipe, ...rest }
  await ranks.broadcast(new TextEncoder().encode(JSON.stringify(told)))
  await ranks.broadcast(state ? encodeTrainingState(state) : new Uint8Array())
  const weights = Object.entries(from?.weights ?? {}).map(
    ([name, { shape, data }]): [string, StoredTensor] => [
      name,
      { dtype: 'float32', shape, data: data as Float32Array },
    ],
  )
  await ranks.broadcast(from ? encodeSafetensors(new Map(weights), {}) : new Uint8Array())
}

export async function hearStart(ranks: Ranks): Promise<RankStart> {
  const { recipe, ...rest } = JSON.parse(new TextDecoder().decode(await ranks.broadcast(null))) as Told
  const state = await ranks.broadcast(null)
  const weights = await ranks.broadcast(null)
  return {
    recipe: parseRecipe(recipe, who),
    ...rest,
    state: state.length > 0 ? decodeTrainingState(state, who) : null,
    from: weights.length > 0 ? { weights: weightsOf(weights) } : null,
  }
}

function weightsOf(bytes: Uint8Array): TrainedModel['weights'] {
  const { tensors } = decodeSafetensors(bytes, who)
  return Object.fromEntries(
    Array.from(tensors, ([name, tensor]) => [
      name,
      { dtype: 'float32' as const, shape: tensor.shape, data: toFloat32(tensor, name) },
    ]),
  )
}

/** What must be the same on every rank, by its name. */
interface Facts {
  readonly 'data (checksum)': string
  readonly 'version of Node': string
  readonly processor: string
}

interface ToldFacts {
  readonly facts: Facts
  readonly executor: ExecutorName
  readonly device: Device
}

const factsOf = (dataChecksum: string): Facts => ({
  'data (checksum)': dataChecksum,
  'version of Node': process.version,
  processor: process.arch,
})

/** Tells what rank 0 computes with. */
export async function tellFacts(
  ranks: Ranks,
  dataChecksum: string,
  { kind, device }: Pick<Executor, 'kind' | 'device'>,
): Promise<void> {
  const told: ToldFacts = {
    facts: factsOf(dataChecksum),
    executor: kind as ExecutorName,
    device: device as Device,
  }
  await ranks.broadcast(new TextEncoder().encode(JSON.stringify(told)))
}

/**
 * Who is to compute, and where, as on rank 0.
 *
 * @throws InputError if this rank has other data, or another Node
 */
export async function hearFacts(
  ranks: Ranks,
  dataChecksum: string,
): Promise<Pick<ToldFacts, 'executor' | 'device'>> {
  const told = JSON.parse(new TextDecoder().decode(await ranks.broadcast(null))) as ToldFacts
  const own = factsOf(dataChecksum)
  for (const name of Object.keys(own) as (keyof Facts)[]) {
    if (own[name] === told.facts[name]) continue
    throw new InputError({
      who: name,
      expected: `${told.facts[name]}, as on rank 0`,
      got: own[name],
      hint: 'Every machine needs the same version of this library, of Node and of the data files.',
    })
  }
  return { executor: told.executor, device: told.device }
}

/** Cores that a launcher binds a rank to which it takes for a program of one thread: one, which may count as two. */
const boundToCore = 2

/**
 * A warning where the launcher has bound a rank to fewer cores than it has work for; null elsewhere.
 *
 * @param available cores that this process may use
 * @param wanted threads or workers that were asked for; by default its share of the machine
 */
export function bindingWarning(available: number, localRanks: number, wanted?: number): string | null {
  const cores = cpus().length
  const useful = Math.min(cores, wanted ?? Math.floor(cores / localRanks))
  if (available > boundToCore || useful <= available) return null
  return `the launcher has bound this rank to ${available} of ${cores} cores, where ${useful} could compute: with Open MPI start \`mpirun --bind-to none\`, with Slurm give each task more cores`
}

/** Threads of a rank: the cores that it may use, divided among the ranks of the machine unless each has its own. */
export function threadsOfRank(available: number, localRanks: number): number {
  return Math.max(1, Math.min(available, Math.floor(cpus().length / localRanks)))
}
