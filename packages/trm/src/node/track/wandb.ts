/**
 * Weights & Biases, through its own library: its servers are spoken to by that library alone, which is written in
 * Python. So this needs the user's Python with `wandb` in it: `TRM_PYTHON`, or `python3`. Project, entity, mode (such as
 * offline) and key are what `wandb` reads itself: WANDB_PROJECT, WANDB_ENTITY, WANDB_MODE, WANDB_API_KEY.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { InputError } from '@tiny-recursive-models/tensor'
import { keepIdentity, readIdentity } from './kept-identity.ts'
import { flatSettings, type TrackedEnd, type Tracker } from './tracker.ts'

/** Reads requests from stdin, one JSON object a line, and answers each on file descriptor 3. */
const script = `
import json, os, sys
answers = os.fdopen(3, "w")
run = None
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    try:
        import wandb
        if request["do"] == "begin":
            run = wandb.init(
                project=os.environ.get("WANDB_PROJECT") or "tiny-recursive-models",
                name=request["name"], id=request["id"], resume="allow", dir=request["folder"],
                config=request["config"], notes=request["notes"], settings=wandb.Settings(console="off"))
            answer["id"] = run.id
        elif request["do"] == "record":
            for figures in request["figures"]:
                run.log(figures["values"], step=figures["step"])
        elif request["do"] == "end":
            run.finish(exit_code=request["code"])
    except BaseException as error:
        answer["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), file=answers, flush=True)
`

/** The library may wait for its server for a while. */
const answerMs = 60_000

const exitCodes: Readonly<Record<TrackedEnd, number>> = { done: 0, stopped: 255, failed: 1 }

export function openWandb(): Tracker {
  let python: PythonTracker | null = null
  return {
    async begin({ folder, name, recipe, resumedFrom }) {
      // What failed is begun with a fresh interpreter.
      python?.kill()
      python = new PythonTracker()
      const kept = resumedFrom === null ? null : await readIdentity(folder, 'wandb')
      const id = typeof kept?.id === 'string' ? kept.id : null
      const { description: notes } = recipe
      const answer = await python.ask({ do: 'begin', folder, name, id, notes, config: flatSettings(recipe) })
      await keepIdentity(folder, 'wandb', { id: answer.id })
    },
    async record(figures) {
      await python?.ask({ do: 'record', figures })
    },
    async end(end) {
      await python?.ask({ do: 'end', code: exitCodes[end] })
    },
    async close() {
      await python?.close()
    },
  }
}

class PythonTracker {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>
  #problem: string | null = null

  constructor() {
    this.#child = spawn(pythonName(), ['-c', script], {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      // Ctrl-C in a terminal is told to every process there; this one ends when it is told to.
      detached: true,
      env: { ...process.env, WANDB_SILENT: 'true' },
    })
    this.#child.on('error', (error) => {
      this.#problem = error.message
    })
    const [input, output] = [this.#child.stdin as Writable, this.#child.stdio[3] as Readable]
    for (const stream of [input, output]) stream.on('error', () => undefined)
    this.#answers = createInterface({ input: output })[Symbol.asyncIterator]()
  }

  async ask(request: object): Promise<{ readonly id?: string }> {
    ;(this.#child.stdin as Writable).write(`${JSON.stringify(request)}\n`)
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failed(`no answer for ${answerMs / 1000} s`)), answerMs)
    })
    try {
      const { value, done } = await Promise.race([this.#answers.next(), silence])
      if (done) throw this.#failed(this.#problem ?? `an end with exit code ${this.#child.exitCode}`)
      const answer = JSON.parse(value) as { id?: string; error?: string }
      if (answer.error !== undefined) throw this.#failed(answer.error)
      return answer
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return
    ;(this.#child.stdin as Writable).end()
    const timer = setTimeout(() => this.kill(), answerMs)
    await once(this.#child, 'exit')
    clearTimeout(timer)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #failed(got: string): InputError {
    return new InputError({
      who: `wandb (${pythonName()})`,
      expected: 'a Python with the wandb package, and its server unless WANDB_MODE=offline',
      got: got.split('\n')[0]!.slice(0, 300),
      hint: '`pip install wandb`, and name that Python by TRM_PYTHON; or export the run later, on a machine that has it.',
    })
  }
}

const pythonName = (): string => process.env.TRM_PYTHON || 'python3'
