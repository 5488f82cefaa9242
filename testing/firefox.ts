/** Debian's Firefox for tests, by its own protocol Marionette: playwright-core drives only a Firefox built for it. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const commands = ['firefox', 'firefox-esr']

/** The first in the path; null where there is none. */
export function findFirefox(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = commands.flatMap((command) => folders.map((folder) => join(folder, command)))
  return found.find((path) => existsSync(path)) ?? null
}

/** For the `skip` of a test: false where there is a Firefox, else the reason. */
export function skipWithoutFirefox(): string | false {
  if (process.env.TRM_TEST_BROWSER === '0') return 'TRM_TEST_BROWSER=0'
  return findFirefox() === null && 'no Firefox'
}

const startMs = 60_000
const waitMs = 120_000
const pauseMs = 100

export class Firefox {
  readonly #socket: Socket
  readonly #stop: () => Promise<void>
  #received = Buffer.alloc(0)
  #last = 0
  readonly #answers = new Map<number, (answer: readonly [problem: unknown, result: unknown]) => void>()

  private constructor(socket: Socket, stop: () => Promise<void>) {
    this.#socket = socket
    this.#stop = stop
    socket.on('data', (piece) => this.#take(piece))
  }

  /** Starts the browser, without a window, with a new profile that is removed at the end. */
  static async open(): Promise<Firefox> {
    const command = findFirefox()
    if (command === null) throw new Error('no Firefox on this machine')
    const profile = await mkdtemp(join(tmpdir(), 'trm-firefox-'))
    // A port that is free, which the browser then writes into its profile.
    await writeFile(join(profile, 'user.js'), 'user_pref("marionette.port", 0);\n')
    const browser = spawn(command, ['--headless', '--marionette', '--no-remote', '--profile', profile], {
      stdio: 'ignore',
    })
    const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()))
    const stop = async (): Promise<void> => {
      browser.kill()
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    }
    try {
      const port = await portOf(join(profile, 'MarionetteActivePort'))
      const socket = connect(port, '127.0.0.1')
      const firefox = new Firefox(socket, stop)
      await firefox.#ask('WebDriver:NewSession', { capabilities: {} })
      return firefox
    } catch (error) {
      await stop()
      throw error
    }
  }

  async goTo(url: string): Promise<void> {
    await this.#ask('WebDriver:Navigate', { url })
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#ask('WebDriver:SetWindowRect', { width, height })
  }

  /** The body of a function in the page; what it returns must be JSON. */
  async evaluate<Result>(script: string, ...args: readonly unknown[]): Promise<Result> {
    const found = (await this.#ask('WebDriver:ExecuteScript', { script, args })) as { value: Result }
    return found.value
  }

  /** Until the element is there. */
  async waitFor(selector: string): Promise<void> {
    for (const end = Date.now() + waitMs; Date.now() < end; await pause())
      if (await this.evaluate('return document.querySelector(arguments[0]) !== null', selector)) return
    throw new Error(`Firefox shows no ${selector}`)
  }

  async click(selector: string): Promise<void> {
    await this.waitFor(selector)
    await this.evaluate('document.querySelector(arguments[0]).click()', selector)
  }

  /** Keys as WebDriver has them: '\uE014' is the right arrow. */
  async press(...keys: readonly string[]): Promise<void> {
    const actions = [
      ...keys.map((value) => ({ type: 'keyDown', value })),
      ...keys.toReversed().map((value) => ({ type: 'keyUp', value })),
    ]
    await this.#ask('WebDriver:PerformActions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
  }

  async attribute(selector: string, name: string): Promise<string | null> {
    await this.waitFor(selector)
    return this.evaluate(
      'return document.querySelector(arguments[0]).getAttribute(arguments[1])',
      selector,
      name,
    )
  }

  /** A PNG of the window. */
  async screenshot(): Promise<Buffer> {
    const found = (await this.#ask('WebDriver:TakeScreenshot', { full: false })) as { value: string }
    return Buffer.from(found.value, 'base64')
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#stop()
  }

  #ask(name: string, parameters: object): Promise<unknown> {
    this.#last += 1
    const id = this.#last
    const text = JSON.stringify([0, id, name, parameters])
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`)
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ([problem, result]) => {
        if (problem === null) resolve(result)
        else reject(new Error(`Firefox, ${name}: ${JSON.stringify(problem)}`))
      })
    })
  }

  /** Messages are their length, a colon and JSON. */
  #take(piece: Buffer): void {
    this.#received = Buffer.concat([this.#received, piece])
    for (;;) {
      const colon = this.#received.indexOf(':')
      const end = colon + 1 + Number(this.#received.subarray(0, colon).toString())
      if (colon < 0 || this.#received.length < end) return
      const message: unknown = JSON.parse(this.#received.subarray(colon + 1, end).toString())
      this.#received = this.#received.subarray(end)
      // The first message says which browser this is.
      if (!Array.isArray(message)) continue
      const [, id, problem, result] = message as [number, number, unknown, unknown]
      this.#answers.get(id)?.([problem, result])
      this.#answers.delete(id)
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs))

async function portOf(file: string): Promise<number> {
  for (const end = Date.now() + startMs; Date.now() < end; await pause()) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (/^\d+$/.test(text.trim())) return Number(text)
  }
  throw new Error('Firefox did not start within a minute')
}
