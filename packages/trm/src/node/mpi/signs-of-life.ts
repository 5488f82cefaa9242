/**
 * Who is still there. MPI tells of an exchange that it is not done, but not who is missing, nor that somebody will never
 * come. So every rank that works or waits sends each other one a byte a second, or four within the limit where that is
 * shorter, and who waits looks at what has come.
 */
import type { FunctionName, Memory, MpiLibrary } from './library.ts'

/** Any number below MPI_TAG_UB of all libraries. */
const tag = 4711
const longestPauseMs = 1_000

export class SignsOfLife {
  readonly #mpi: MpiLibrary
  readonly #peers: readonly number[]
  readonly #timeoutMs: number
  readonly #pauseMs: number
  readonly #call: (name: FunctionName, ...values: (number | bigint)[]) => void
  /** When each was last heard of. */
  readonly #heard: Float64Array
  /** A request of 8 bytes for each rank, then a flag, then the byte that is sent and the one that is received. */
  readonly #memory: Memory
  readonly #sending: Uint8Array
  readonly #sent: Float32Array
  readonly #taken: Float32Array
  /** Factor on how long a rank may be silent. */
  #patience = 1
  #isOver = false
  #told = performance.now()
  #worked = performance.now()
  /** The longest that this rank itself went without a chance to give a sign: the others have as much to do. */
  #longestWork = 0

  constructor(
    mpi: MpiLibrary,
    rank: number,
    size: number,
    timeoutMs: number,
    call: (name: FunctionName, ...values: (number | bigint)[]) => void,
  ) {
    this.#mpi = mpi
    this.#peers = Array.from({ length: size }, (_, peer) => peer).filter((peer) => peer !== rank)
    this.#timeoutMs = timeoutMs
    this.#pauseMs = Math.min(longestPauseMs, timeoutMs / 4)
    this.#call = call
    this.#heard = new Float64Array(size).fill(Number.NEGATIVE_INFINITY)
    this.#memory = mpi.allocate(8 * size + 16)
    this.#sending = new Uint8Array(size)
    this.#sent = new Float32Array(size)
    this.#taken = new Float32Array(size)
  }

  /** Another factor from here on; what this rank was busy with before says nothing of what comes. */
  set patience(factor: number) {
    this.#patience = factor
    this.#longestWork = 0
    this.#worked = performance.now()
  }

  get limitMs(): number {
    return this.#patience * this.#timeoutMs + 3 * this.#longestWork
  }

  /** Sends a sign to every rank, if it is time. */
  tell(): void {
    const now = performance.now()
    this.#longestWork = Math.max(this.#longestWork, now - this.#worked)
    this.#worked = now
    if (now - this.#told >= this.#pauseMs) this.#send(now)
  }

  /** After a wait, which was no work. */
  waited(): void {
    this.#worked = performance.now()
  }

  /** Takes what has come, and gives a sign if it is time. */
  look(): void {
    const now = performance.now()
    if (now - this.#told >= this.#pauseMs) this.#send(now)
    for (const peer of this.#peers) if (this.#take(peer)) this.#heard[peer] = now
  }

  /** The ranks that have been silent for too long since this one began to wait. */
  silentSince(begun: number): readonly { readonly rank: number; readonly seconds: number }[] {
    const now = performance.now()
    return this.#peers
      .map((rank) => ({ rank, silentMs: now - Math.max(begun, this.#heard[rank]!) }))
      .filter(({ silentMs }) => silentMs > this.limitMs)
      .map(({ rank, silentMs }) => ({ rank, seconds: silentMs / 1000 }))
  }

  /** Gives no more signs; how many each rank has got. */
  end(): Float32Array {
    this.#isOver = true
    return this.#sent
  }

  /** Takes what is under way. */
  async takeAll(sentBy: (peer: number) => number): Promise<void> {
    const until = performance.now() + this.#timeoutMs
    for (const peer of this.#peers) {
      while (this.#taken[peer]! < sentBy(peer) && performance.now() < until) {
        if (!this.#take(peer)) await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }

  #send(now: number): void {
    if (this.#isOver) return
    this.#told = now
    const { handles } = this.#mpi
    const byte = this.#memory.address + BigInt(this.#memory.bytes.byteLength - 2)
    for (const peer of this.#peers) {
      const request = this.#memory.address + BigInt(8 * peer)
      // A sign that has not left yet, because nobody receives it, says as much as another.
      if (this.#sending[peer] && !this.#isDone(request)) continue
      this.#call('MPI_Isend', byte, 1, handles.byte, peer, tag, handles.world, request)
      this.#sending[peer] = 1
      this.#sent[peer]!++
    }
  }

  /** Whether there was a sign of `peer`. */
  #take(peer: number): boolean {
    const { handles, abi } = this.#mpi
    const byte = this.#memory.address + BigInt(this.#memory.bytes.byteLength - 1)
    let any = false
    while (this.#probe(peer)) {
      this.#call('MPI_Recv', byte, 1, handles.byte, peer, tag, handles.world, abi.ignoreStatus)
      this.#taken[peer]!++
      any = true
    }
    return any
  }

  #probe(peer: number): boolean {
    const { handles, abi } = this.#mpi
    this.#call('MPI_Iprobe', peer, tag, handles.world, this.#flagAddress, abi.ignoreStatus)
    return this.#flag
  }

  #isDone(request: bigint): boolean {
    this.#call('MPI_Test', request, this.#flagAddress, this.#mpi.abi.ignoreStatus)
    return this.#flag
  }

  get #flagAddress(): bigint {
    return this.#memory.address + BigInt(this.#memory.bytes.byteLength - 16)
  }

  get #flag(): boolean {
    return new Int32Array(this.#memory.bytes, this.#memory.bytes.byteLength - 16, 1)[0] !== 0
  }
}
