/**
 * What is measured is done by processes of their own, so that each has its own peak of memory, and in turn, so that what
 * disturbs the machine disturbs all alike. Both sides write lines: "run" is answered by figures, "end" by facts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** One side of a comparison. */
export interface Side {
  readonly label: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** What a process says when it ends: a peak of memory, and whatever else it knows. */
export interface Facts {
  readonly peakMiB: number
  readonly gflop?: number
}

export interface Measured {
  readonly side: Side
  /** Of every run after the first, which warms up. */
  readonly runs: readonly (readonly number[])[]
  readonly facts: Facts
  /** Milliseconds until the first run was done: loading, compiling, and that run. */
  readonly firstMs: number
}

/**
 * Opens all sides and has them run in turn, as often as asked and within the time.
 *
 * @param tell hears what is going on
 * @returns those that could; `tell` hears why another could not
 */
export async function inTurn(
  sides: readonly Side[],
  { repetitions, seconds }: { readonly repetitions: number; readonly seconds: number },
  tell: (text: string) => void,
): Promise<Measured[]> {
  const open: { contestant: Contestant; runs: number[][]; firstMs: number }[] = []
  try {
    for (const side of sides) {
      tell(`${side.label}: opening`)
      const contestant = new Contestant(side)
      const before = performance.now()
      try {
        await contestant.run()
        open.push({ contestant, runs: [], firstMs: performance.now() - before })
      } catch (error) {
        contestant.kill()
        tell(`${side.label}: left out, ${error instanceof Error ? error.message : error}`)
      }
    }
    const started = performance.now()
    for (let turn = 0; turn < repetitions; turn++) {
      if (turn > 1 && performance.now() - started > 1000 * seconds) break
      for (const { contestant, runs } of open) {
        tell(`${contestant.side.label}: run ${turn + 1} of ${repetitions}`)
        runs.push(await contestant.run())
      }
    }
    const measured: Measured[] = []
    for (const { contestant, runs, firstMs } of open)
      measured.push({ side: contestant.side, runs, firstMs, facts: await contestant.end() })
    return measured
  } finally {
    for (const { contestant } of open) contestant.kill()
  }
}

class Contestant {
  readonly side: Side
  readonly #process
  readonly #lines
  #complaint = ''

  constructor(side: Side) {
    this.side = side
    const environment = { ...process.env, ...side.environment }
    this.#process = spawn(side.command, side.args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process.stderr.on('data', (text) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-4000)
    })
    // A process that has ended shows in its answer, which is missing.
    this.#process.stdin.on('error', () => {})
    this.#process.on('error', (error) => {
      this.#complaint += error.message
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  async run(): Promise<number[]> {
    return (await this.#ask('run')) as number[]
  }

  async end(): Promise<Facts> {
    const facts = (await this.#ask('end')) as Facts
    if (this.#process.exitCode === null) await once(this.#process, 'exit')
    return facts
  }

  kill(): void {
    if (this.#process.exitCode === null) this.#process.kill()
  }

  async #ask(line: 'run' | 'end'): Promise<unknown> {
    this.#process.stdin.write(`${line}\n`)
    // Libraries may write lines of their own.
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(reasonIn(this.#complaint))
      if (/^[[{]/.test(value)) return JSON.parse(value)
    }
  }
}

/** The line of what a process wrote that says why it ended. */
function reasonIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.findLast((line) => /Error\b.*: /.test(line)) ?? lines.at(-1) ?? 'its process has ended'
}

/** Milliseconds of what is done. */
export const timed = (step: () => Promise<unknown>) => async (): Promise<number[]> => {
  const started = performance.now()
  await step()
  return [performance.now() - started]
}

/** The other end: answers lines until the end. */
export async function answer(
  run: () => Promise<readonly number[]>,
  facts: () => Facts | Promise<Facts>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') {
      console.log(JSON.stringify(await facts()))
      break
    }
    console.log(JSON.stringify(await run()))
  }
  // Threads of an executor would keep the process.
  process.exit(0)
}
