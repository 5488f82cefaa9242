/** The ranks of a training over MPI. */
import { hostname } from 'node:os'
import { InputError } from '@tiny-recursive-models/tensor'
import type { RankBlocks, RankSum, Ranks } from '../../train/ranks.ts'
import { type Launch, launchOf } from './launch.ts'
import { type FunctionName, type Memory, type MpiLibrary, openMpiLibrary } from './library.ts'
import { SignsOfLife } from './signs-of-life.ts'

/** How `openMpiRanks` finds the others. */
export interface MpiOptions {
  /** The launcher, where `launchOf` does not know it. */
  readonly launch?: Launch
  /** Seconds without a sign of life after which a rank is given up; 60 by default. */
  readonly timeoutSeconds?: number
}

export const defaultTimeoutSeconds = 60

const unknownLauncher: Launch = { launcher: 'a launcher of MPI', rank: 0, size: null, family: null }

/** MPI_THREAD_FUNNELED: one thread calls MPI, the one that opened it. */
const funneled = 1

/** Bytes of a name of a machine, with the 0 at its end: more than MPI_MAX_PROCESSOR_NAME of either family. */
const nameBytes = 512

/** A message has at most so many parts: MPI counts them in an int. */
const mostAtOnce = 2 ** 30

/** Times in milliseconds of a wait: it tests without a pause, then with short ones, then with long ones. */
const wait = { busy: 5, brisk: 1_000, shortPause: 0.05, longPause: 1, turn: 20, signs: 100 } as const

/**
 * Joins the other ranks that the launcher has started. All calls must come from this thread.
 *
 * @throws InputError if no library is found, it is not the launcher's, or another rank does not answer
 */
export async function openMpiRanks({
  launch = launchOf(process.env) ?? unknownLauncher,
  timeoutSeconds = defaultTimeoutSeconds,
}: MpiOptions = {}): Promise<MpiRanks> {
  const library = await openMpiLibrary(launch.family)
  const ranks = new MpiRanks(library, launch, timeoutSeconds)
  await ranks.meet()
  return ranks
}

/** A thread may sleep on this. */
const pillow = new Int32Array(new SharedArrayBuffer(4))

/** The ranks over MPI; opened by `openMpiRanks`, once in a process. */
export class MpiRanks implements Ranks {
  readonly rank: number
  readonly size: number
  /** Such as `Open MPI 4.1.4`. */
  readonly library: string
  readonly #mpi: MpiLibrary
  readonly #scratch: Memory
  readonly #signs: SignsOfLife
  #localSize = 1
  #hosts: readonly string[] = []
  #broken = false

  constructor(mpi: MpiLibrary, launch: Launch, timeoutSeconds: number) {
    this.#mpi = mpi
    this.library = mpi.name
    this.#scratch = mpi.allocate(64)
    this.#initialise()
    this.rank = this.#ask('MPI_Comm_rank', mpi.handles.world)
    this.size = this.#ask('MPI_Comm_size', mpi.handles.world)
    if (launch.size !== null && launch.size !== this.size) throw otherFamily(launch, this.size, mpi)
    this.#call('MPI_Comm_set_errhandler', mpi.handles.world, mpi.handles.errorsReturn)
    this.#signs = new SignsOfLife(mpi, this.rank, this.size, timeoutSeconds * 1000, (name, ...values) =>
      this.#call(name, ...values),
    )
  }

  /** Ranks on this machine, this one counted. */
  get localSize(): number {
    return this.#localSize
  }

  /** Such as `rank 1 of 4 (node-b)`. */
  describe(rank = this.rank): string {
    const host = this.#hosts[rank]
    return `rank ${rank} of ${this.size}${host ? ` (${host})` : ''}`
  }

  /** Learns who is where; the first messages show whether the ranks reach each other. */
  async meet(): Promise<void> {
    const { handles, abi, allocate } = this.#mpi
    const names = allocate(nameBytes * this.size)
    const own = allocate(nameBytes)
    try {
      new Uint8Array(own.bytes).set(new TextEncoder().encode(hostname()).subarray(0, nameBytes - 1))
      await this.#complete('MPI_Iallgather', (request) => [
        own.address,
        nameBytes,
        handles.byte,
        names.address,
        nameBytes,
        handles.byte,
        handles.world,
        request,
      ])
      const bytes = new Uint8Array(names.bytes)
      this.#hosts = Array.from({ length: this.size }, (_, rank) => {
        const name = bytes.subarray(rank * nameBytes, (rank + 1) * nameBytes)
        return new TextDecoder().decode(name.subarray(0, name.indexOf(0)))
      })
    } finally {
      own.free()
      names.free()
    }
    // All ranks have met, so that this call, which cannot be watched, does not hang.
    const { address, bytes } = this.#scratch
    this.#call('MPI_Comm_split_type', handles.world, abi.sharedMemory, 0, handles.noInfo, address)
    const local = abi.handle === 'int' ? new Int32Array(bytes)[0]! : Number(new BigUint64Array(bytes)[0]!)
    this.#localSize = this.#ask('MPI_Comm_size', local)
  }

  openSum(length: number): RankSum {
    const { handles, abi, allocate } = this.#mpi
    const memory = allocate(Math.max(1, length) * Float32Array.BYTES_PER_ELEMENT)
    const part = (from: number) => BigInt(from * Float32Array.BYTES_PER_ELEMENT) + memory.address
    return {
      values: new Float32Array(memory.bytes, 0, length),
      run: async () => {
        for (let from = 0; from < length; from += mostAtOnce) {
          const count = Math.min(mostAtOnce, length - from)
          await this.#complete('MPI_Iallreduce', (request) => [
            abi.inPlace,
            part(from),
            count,
            handles.float,
            handles.sum,
            handles.world,
            request,
          ])
        }
      },
      close: () => memory.free(),
    }
  }

  openBlocks(length: number): RankBlocks {
    const { handles, allocate } = this.#mpi
    const blockBytes = length * Uint16Array.BYTES_PER_ELEMENT
    const [given, taken] = [allocate(this.size * blockBytes), allocate(this.size * blockBytes)]
    const handOut = (name: FunctionName) => () =>
      this.#complete(name, (request) => [
        given.address,
        blockBytes,
        handles.byte,
        taken.address,
        blockBytes,
        handles.byte,
        handles.world,
        request,
      ])
    return {
      given: new Uint16Array(given.bytes),
      taken: new Uint16Array(taken.bytes),
      exchange: handOut('MPI_Ialltoall'),
      share: handOut('MPI_Iallgather'),
      close: () => {
        given.free()
        taken.free()
      },
    }
  }

  async broadcast(bytes: Uint8Array | null): Promise<Uint8Array> {
    // A sum takes the length along exactly: two numbers below 2^24.
    const length = this.openSum(2)
    try {
      length.values.set(
        bytes === null ? [0, 0] : [Math.floor(bytes.length / 2 ** 24), bytes.length % 2 ** 24],
      )
      await length.run()
      const [high, low] = [length.values[0]!, length.values[1]!]
      return await this.#broadcast(bytes, high * 2 ** 24 + low)
    } finally {
      length.close()
    }
  }

  async #broadcast(bytes: Uint8Array | null, length: number): Promise<Uint8Array> {
    const { handles, allocate } = this.#mpi
    const memory = allocate(Math.max(1, length))
    try {
      const view = new Uint8Array(memory.bytes, 0, length)
      if (bytes) view.set(bytes)
      for (let from = 0; from < length; from += mostAtOnce) {
        const [address, count] = [memory.address + BigInt(from), Math.min(mostAtOnce, length - from)]
        await this.#complete('MPI_Ibcast', (request) => [
          address,
          count,
          handles.byte,
          0,
          handles.world,
          request,
        ])
      }
      return view.slice()
    } finally {
      memory.free()
    }
  }

  async gather(own: Float32Array, lengths: readonly number[]): Promise<Float32Array | null> {
    const { handles, allocate } = this.#mpi
    const total = lengths.reduce((sum, length) => sum + length, 0)
    const sent = allocate(Math.max(1, own.length) * 4)
    const received = allocate(Math.max(1, this.rank === 0 ? total : 0) * 4)
    const places = allocate(2 * this.size * 4)
    try {
      new Float32Array(sent.bytes, 0, own.length).set(own)
      const counts = new Int32Array(places.bytes)
      let place = 0
      for (const [rank, length] of lengths.entries()) {
        counts[rank] = length
        counts[this.size + rank] = place
        place += length
      }
      await this.#complete('MPI_Igatherv', (request) => [
        sent.address,
        own.length,
        handles.float,
        received.address,
        places.address,
        places.address + BigInt(4 * this.size),
        handles.float,
        0,
        handles.world,
        request,
      ])
      return this.rank === 0 ? new Float32Array(received.bytes, 0, total).slice() : null
    } finally {
      sent.free()
      received.free()
      places.free()
    }
  }

  stillHere(): void {
    if (!this.#broken) this.#signs.tell()
  }

  /** More patience, such as while every rank reads its data: a rank may then be silent for `factor` times as long. */
  set patience(factor: number) {
    this.#signs.patience = factor
  }

  /** Leaves the others when all are done; the last call. */
  async close(): Promise<void> {
    if (this.#broken) return
    const { size, rank } = this
    await this.#barrier()
    // From here on nobody gives signs, so that they can be counted: none may be left when MPI ends.
    const sent = this.openSum(size * size)
    sent.values.set(this.#signs.end(), rank * size)
    await sent.run()
    await this.#signs.takeAll((peer) => sent.values[peer * size + rank]!)
    sent.close()
    this.#broken = true
    this.#call('MPI_Finalize')
  }

  async #barrier(): Promise<void> {
    const sum = this.openSum(1)
    await sum.run()
    sum.close()
  }

  /**
   * Ends all ranks, this process too: there is no return. What is to be read must be written before.
   *
   * @param code exit code of the process, which the launcher hands on
   */
  abort(code: number): never {
    this.#broken = true
    // Cut off from its launcher a rank would wait for it.
    this.#mpi.endWithin(abortSeconds)
    this.#mpi.functions.MPI_Abort(this.#mpi.handles.world, code)
    process.exit(code)
  }

  #initialise(): void {
    const isOpen = this.#ask('MPI_Initialized')
    if (isOpen) {
      throw new InputError({
        who: 'MPI',
        expected: 'one training in a process',
        got: 'a second',
        hint: 'MPI can be opened once in a process: start another.',
      })
    }
    this.#call('MPI_Init_thread', 0, 0, funneled, this.#scratch.address)
  }

  /** What a function writes as an int into its last argument. */
  #ask(name: FunctionName, ...values: (number | bigint)[]): number {
    this.#call(name, ...values, this.#scratch.address)
    return new Int32Array(this.#scratch.bytes)[0]!
  }

  #call(name: FunctionName, ...values: (number | bigint)[]): void {
    const code = this.#mpi.functions[name](...values)
    if (code !== 0) throw this.#failed(name, code)
  }

  #failed(name: string, code: number): InputError {
    const { functions, allocate } = this.#mpi
    const [text, length] = [allocate(8192), allocate(8)]
    functions.MPI_Error_string(code, text.address, length.address)
    const bytes = new Uint8Array(text.bytes)
    const message = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)))
    text.free()
    length.free()
    return new InputError({
      who: `${this.describe()}, ${name}`,
      expected: 'an exchange with the other ranks',
      got: message.trim().replace(/\s+/g, ' ') || `error ${code}`,
      hint: howToGoOn,
    })
  }

  /**
   * Begins an operation and waits for its end, looking out for signs of life of the others meanwhile.
   *
   * @param values the arguments, for the address of the request
   */
  async #complete(name: FunctionName, values: (request: bigint) => (number | bigint)[]): Promise<void> {
    const { allocate, functions, abi } = this.#mpi
    // What is still under way when a wait fails is never freed: the library may write to it.
    const request = allocate(16)
    const flag = new Int32Array(request.bytes, 8, 1)
    const flagAddress = request.address + 8n
    this.#call(name, ...values(request.address))
    const begun = performance.now()
    let [signsAt, turnAt] = [begun + wait.signs, begun + wait.turn]
    for (;;) {
      const code = functions.MPI_Test(request.address, flagAddress, abi.ignoreStatus)
      if (code !== 0) throw this.#failed(name, code)
      if (flag[0] !== 0) break
      const now = performance.now()
      if (now >= signsAt) {
        signsAt = now + wait.signs
        this.#signs.look()
        const silent = this.#signs.silentSince(begun)
        if (silent.length > 0) throw this.#silence(silent)
      }
      if (now >= turnAt) {
        // Timers and signals of a program that has no other thread.
        await new Promise((resolve) => setImmediate(resolve))
        turnAt = performance.now() + wait.turn
      } else if (now - begun > wait.busy) {
        Atomics.wait(pillow, 0, 0, now - begun > wait.brisk ? wait.longPause : wait.shortPause)
      }
    }
    this.#signs.waited()
    request.free()
  }

  #silence(silent: readonly { readonly rank: number; readonly seconds: number }[]): InputError {
    this.#broken = true
    const names = silent.map(({ rank }) => this.describe(rank))
    const shown =
      names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} others` : names.join(', ')
    const seconds = Math.max(...silent.map(({ seconds }) => seconds))
    const isStart = this.#hosts.length === 0
    return new InputError({
      who: this.describe(),
      expected: `a sign of life from every rank within ${Math.round(this.#signs.limitMs / 1000)} s`,
      got: `none from ${shown} for ${Math.round(seconds)} s`,
      hint: isStart
        ? 'The ranks do not reach each other: open the firewall between them, or name the network (Open MPI: `--mca btl_tcp_if_include eth0`).'
        : `The machine is down, cut off or hangs. ${howToGoOn}`,
    })
  }
}

const abortSeconds = 10

const howToGoOn =
  'Start again with `resume: true`: the run goes on from its last checkpoint, with any number of ranks.'

function otherFamily({ launcher, size }: Launch, found: number, { name, file }: MpiLibrary): InputError {
  return new InputError({
    who: 'MPI',
    expected: `the ${size} ranks that ${launcher} has started`,
    got: `${found} by ${name} (${file}), which is not the library of this launcher`,
    hint: 'Use the launcher of the same MPI (with Slurm `srun --mpi=pmix` or `--mpi=pmi2`), or name its library in TRM_MPI.',
  })
}
