/** `node:test` as far as portable suites use it: registers tests, to be run by `runTests`. */

interface Registered {
  readonly name: string
  readonly run: () => void | Promise<void>
}

export interface Outcome {
  readonly name: string
  /** Null where the test passed. */
  readonly error: string | null
}

const registered: Registered[] = []
const path: string[] = []

export function describe(name: string, register: () => void): void {
  path.push(name)
  register()
  path.pop()
}

export function test(name: string, run: () => void | Promise<void>): void {
  registered.push({ name: [...path, name].join(' > '), run })
}

/** Runs what was registered since the last call, one after the other. */
export async function* runTests(): AsyncGenerator<Outcome, void> {
  for (const { name, run } of registered.splice(0)) {
    try {
      await run()
      yield { name, error: null }
    } catch (error) {
      yield { name, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
    }
  }
}
