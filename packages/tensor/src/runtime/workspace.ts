import { InputError } from '../errors.ts'
import type { DeviceTensor, Executable, Executor } from '../executors/executor.ts'
import type { Program } from '../graph/program.ts'
import type { HostTensor } from '../graph/types.ts'

/** A program that is ready to run in the workspace that compiled it. */
export interface RunnableProgram {
  /**
   * Runs once: reads its states by name, replaces those that it updates, and returns its outputs.
   *
   * @param feeds  one host tensor for every feed
   * @param rename which named state of the workspace stands for a state of the program; by default the same name
   */
  run(
    feeds: Readonly<Record<string, HostTensor>>,
    rename?: (state: string) => string,
  ): Promise<Readonly<Record<string, HostTensor>>>
  close(): Promise<void>
}

const sameName = (state: string): string => state

/**
 * Named tensors on one device and the programs that work on them. A training step reads weights, moments and carry and
 * writes their new values; two buffers per state take turns, so that nothing is reallocated, where the executor cannot
 * write over the first.
 */
export class Workspace {
  readonly executor: Executor
  readonly #states = new Map<string, DeviceTensor>()
  readonly #spare = new Map<string, DeviceTensor>()

  constructor(executor: Executor) {
    this.executor = executor
  }

  async compile(program: Program): Promise<RunnableProgram> {
    const executable = await this.executor.compile(program)
    return {
      run: (feeds, rename = sameName) => this.#run(program, executable, feeds, rename),
      close: () => executable.close(),
    }
  }

  /** Sets a state from host memory (copied). */
  async write(name: string, tensor: HostTensor): Promise<void> {
    this.remove(name)
    this.#states.set(name, await this.executor.upload(tensor))
  }

  /** A copy of a state in host memory. */
  async read(name: string): Promise<HostTensor> {
    return this.executor.download(this.#state(name))
  }

  has(name: string): boolean {
    return this.#states.has(name)
  }

  names(): string[] {
    return [...this.#states.keys()]
  }

  remove(name: string): void {
    for (const tensors of [this.#states, this.#spare]) {
      const tensor = tensors.get(name)
      if (tensor) this.executor.release(tensor)
      tensors.delete(name)
    }
  }

  async #run(
    program: Program,
    executable: Executable,
    feeds: Readonly<Record<string, HostTensor>>,
    rename: (state: string) => string,
  ): Promise<Readonly<Record<string, HostTensor>>> {
    const states = new Map(Object.keys(program.states).map((key) => [key, this.#state(rename(key))]))
    const spare = new Map<string, DeviceTensor>()
    for (const key of Object.keys(program.updates)) {
      const tensor = executable.updatesInPlace?.has(key) ? states.get(key) : this.#spare.get(rename(key))
      if (tensor) spare.set(key, tensor)
    }
    const { outputs, updates } = await executable.run(feeds, states, spare)
    for (const [key, tensor] of updates) {
      const name = rename(key)
      const [old, unused] = [this.#states.get(name)!, this.#spare.get(name)]
      if (tensor === old) continue
      if (unused && unused !== tensor) this.executor.release(unused)
      this.#states.set(name, tensor)
      this.#spare.set(name, old)
    }
    return outputs
  }

  #state(name: string): DeviceTensor {
    const tensor = this.#states.get(name)
    if (tensor) return tensor
    throw new InputError({
      who: `state ${name}`,
      expected: 'a value written before the first run',
      got: 'nothing',
      hint: `States here: ${this.names().slice(0, 12).join(', ') || 'none'}.`,
    })
  }
}
