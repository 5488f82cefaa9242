/** What the server behind `trm studio` knows about runs. On a static host there is none. */
import type {
  ApiProblem,
  CurvesAnswer,
  RunAnswer,
  RunsAnswer,
} from '@tiny-recursive-models/studio-server/api'

/** Why there are no runs: nobody answers as the server would, or it was started without a folder of them. */
export type Absence = 'no server' | 'no folder'

export class RunsAbsent extends Error {
  readonly absence: Absence

  constructor(absence: Absence) {
    super(absence === 'no server' ? 'No server answers.' : 'The server shows no runs.')
    this.absence = absence
  }
}

/** Relative: the page may lie anywhere on its host. */
const address = (...parts: readonly string[]): string =>
  new URL(['api/runs', ...parts.map(encodeURIComponent)].join('/'), document.baseURI).href

export const eventsAddress = (name: string): string => address(name, 'events')

/** The runs of a folder that there is. */
export type FolderAnswer = RunsAnswer & { readonly folder: string }

/** The last list and what it was read from: a long one is parsed once. */
let last: { readonly text: string; readonly answer: FolderAnswer } | null = null

/**
 * The same object as before where nothing has changed. On a host of files a file answers, which says that there is no
 * server: that nothing lies there would be an error in the browser's console.
 */
export async function fetchRuns(): Promise<FolderAnswer> {
  const response = await fetch(address()).catch(() => null)
  const text = response?.ok ? await response.text().catch(() => '') : ''
  if (text !== '' && last?.text === text) return last.answer
  const answer = parsed(text)
  if (answer === null || !('runs' in answer)) throw new RunsAbsent('no server')
  if (!isOfFolder(answer as RunsAnswer)) throw new RunsAbsent('no folder')
  last = { text, answer: answer as FolderAnswer }
  return last.answer
}

const isOfFolder = (answer: RunsAnswer): answer is FolderAnswer => answer.folder !== null

export async function fetchCurves(): Promise<CurvesAnswer> {
  const response = await fetch(new URL('api/curves', document.baseURI)).catch(() => null)
  const answer = await jsonOf(response)
  if (response?.ok && answer !== null && 'curves' in answer) return answer as CurvesAnswer
  throw problemOf(answer, 'The curves of the runs could not be read.')
}

export async function fetchRun(name: string): Promise<RunAnswer> {
  const response = await fetch(address(name)).catch(() => null)
  const answer = await jsonOf(response)
  if (response?.ok && answer !== null && 'summary' in answer) return answer as RunAnswer
  throw problemOf(answer, `The run ${name} could not be read.`)
}

/** @param which best, final or the step of a checkpoint */
export async function fetchModel(name: string, which: string): Promise<Uint8Array> {
  const response = await fetch(address(name, 'model', which)).catch(() => null)
  if (response?.ok) return new Uint8Array(await response.arrayBuffer())
  throw problemOf(await jsonOf(response), `The weights ${which} of ${name} could not be loaded.`)
}

const isJson = (response: Response | null): response is Response =>
  response?.headers.get('content-type')?.startsWith('application/json') === true

async function jsonOf(response: Response | null): Promise<object | null> {
  return isJson(response) ? parsed(await response.text().catch(() => '')) : null
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function problemOf(answer: object | null, message: string): Error {
  if (answer === null || !('hint' in answer)) return new Error(`${message} Is the server still running?`)
  const { expected, got, hint } = answer as ApiProblem
  return new Error(`${message} Expected ${expected}, got ${got}. ${hint}`)
}
