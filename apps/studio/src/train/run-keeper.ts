/** Keeps the run in the browser's storage, so that it is there again after a reload or a crash. */
import type { StoredRun } from './stored-run.ts'

export interface RunStorage {
  /** Whether this page may write; false where another tab does. */
  claim(): Promise<boolean>
  load(): Promise<StoredRun | null>
  /** @returns whether it is kept now */
  save(run: StoredRun): Promise<boolean>
  remove(): Promise<void>
}

/** The state is written at most so often, but for the last one. */
const storeMs = 10_000

export class RunKeeper {
  readonly #storage: RunStorage
  #claim: Promise<boolean> | null = null
  /** Aborted when the run is let go. */
  #life = new AbortController()
  #isStored = false
  #storedAt = 0
  #step = -1

  constructor(storage: RunStorage) {
    this.#storage = storage
  }

  /** The step of the state that is kept; −1 for none. */
  get step(): number {
    return this.#step
  }

  get isDue(): boolean {
    return performance.now() - this.#storedAt >= storeMs
  }

  /** What is still being written is of no interest any more. */
  letGo(): void {
    this.#life.abort()
    this.#life = new AbortController()
    this.#isStored = false
    this.#step = -1
  }

  /** Whether another tab keeps its run, so that this one cannot. */
  async isTaken(): Promise<boolean> {
    return !(await this.#mayStore())
  }

  async load(): Promise<StoredRun | null> {
    return (await this.#mayStore()) ? this.#storage.load() : null
  }

  /** Notes that the run on the page is the one that is kept. */
  takeOver({ step }: StoredRun): void {
    this.#isStored = true
    this.#step = step
  }

  /** @returns whether it is kept; null where the run was let go meanwhile */
  async store(run: StoredRun): Promise<boolean | null> {
    const { signal } = this.#life
    this.#isStored = true
    this.#storedAt = performance.now()
    const isKept = (await this.#mayStore()) && (await this.#storage.save(run))
    if (signal.aborted) {
      if (isKept && !this.#isStored) await this.#storage.remove()
      return null
    }
    if (isKept) this.#step = run.step
    return isKept
  }

  async remove(): Promise<void> {
    if (await this.#mayStore()) await this.#storage.remove()
  }

  #mayStore(): Promise<boolean> {
    this.#claim ??= this.#storage.claim()
    return this.#claim
  }
}
