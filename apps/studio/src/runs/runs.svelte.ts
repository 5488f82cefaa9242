/** The runs that the page knows: those of the server, and files that were opened. It outlives a visit. */
import type { ListedRun, RunCurve } from '@tiny-recursive-models/studio-server/api'
import { freeLook, looks } from '../charts/look.ts'
import { RunSeries, type RunView } from '../charts/series.ts'
import { inTurn } from '../lib/in-turn.ts'
import { Follower, type FollowState } from './follower.ts'
import { readEventFile } from './read-file.ts'
import { rowOf } from './row.ts'
import { type Absence, type FolderAnswer, fetchCurves, fetchRuns, RunsAbsent } from './server.ts'
import type { RunRow } from './table.ts'

/** How often the list is asked for while the page is seen. */
const refreshMs = 3_000
/** A slow answer may put the next request off, but not for so long that a reader is not told of a lost server. */
const maxRefreshMs = 15_000
/** Curves are drawn anew at most so often. */
const drawMs = 250

export class TrackedRun {
  readonly name: string
  /** Null for an opened file. */
  summary = $state.raw<ListedRun | null>(null)
  /** Its look among the compared runs; null where it is not compared. */
  look = $state<number | null>(null)
  follow = $state<FollowState | null>(null)
  /** Rises when the series has changed: reading it is how a view comes to follow the series. */
  version = $state(0)
  readonly #series: RunSeries
  readonly #follower: Follower | null
  #isDue = false

  constructor(name: string, file: RunSeries | null) {
    this.name = name
    this.#series = file ?? new RunSeries()
    this.#follower = file
      ? null
      : new Follower(name, this.#series, (state) => {
          this.follow = state
          this.#draw()
        })
  }

  get isFile(): boolean {
    return this.#follower === null
  }

  /** Followed by whatever reads it: another object whenever it is drawn anew. */
  readonly series: RunView = $derived.by(() => {
    void this.version
    return this.#series.view
  })

  start(): void {
    this.#follower?.start()
  }

  stop(): void {
    this.#follower?.stop()
  }

  #draw(): void {
    if (this.#isDue) return
    this.#isDue = true
    setTimeout(() => {
      this.#isDue = false
      this.version += 1
    }, drawMs)
  }
}

class RunsStore {
  tracked = $state.raw<readonly TrackedRun[]>([])
  /** The folder's name; null before the first answer. */
  folder = $state<string | null>(null)
  /** The fields in which recipes of the list differ. */
  fields = $state.raw<readonly string[]>([])
  /** Validation curves of all runs that have one. */
  curves = $state.raw<readonly RunCurve[]>([])
  absence = $state<Absence | null>(null)
  /** The server answered before and does not any more. */
  isLost = $state(false)
  /** Why a file could not be opened. */
  fileProblem = $state<string | null>(null)
  /** Nothing has been chosen to be drawn. */
  #isUntouched = true
  #visits = 0
  /** How long the list took the last two times: one slow answer, as while the page itself is being built, says little. */
  #tookMs: readonly [number, number] = [0, 0]
  #timer: ReturnType<typeof setTimeout> | undefined

  #answer: FolderAnswer | null = null
  #curvesOf = ''

  /** As the server told them. */
  readonly listed = $derived(this.tracked.flatMap(({ summary }) => summary ?? []))
  readonly rows = $derived<readonly RunRow[]>(this.tracked.map((run) => rowOf(run, this.fields)))
  readonly compared = $derived(
    this.tracked.filter(({ look }) => look !== null).sort((one, other) => one.look! - other.look!),
  )

  /** Whether the reader came for a run that is not here. */
  lacks(name: string | undefined): boolean {
    return name !== undefined && this.folder !== null && this.find(name) === undefined
  }

  find(name: string | undefined): TrackedRun | undefined {
    return this.tracked.find((run) => run.name === name)
  }

  get isFull(): boolean {
    return this.compared.length >= looks.length
  }

  /**
   * The page is shown: follows what is compared until the returned function is called.
   *
   * @param wanted the run that the reader came for
   */
  visit(wanted: string | undefined): () => void {
    this.#visits += 1
    const visit = this.#visits
    const go = async (): Promise<void> => {
      if (document.visibilityState === 'visible' || this.folder === null) await this.refresh(wanted)
      // Where there is no server, none will come: the page is opened anew from one.
      if (this.absence === null && visit === this.#visits)
        // A server that has much to look at is not kept busy by a page.
        this.#timer = setTimeout(
          () => void go(),
          Math.min(maxRefreshMs, Math.max(refreshMs, 10 * Math.min(...this.#tookMs))),
        )
    }
    void go()
    for (const run of this.compared) run.start()
    return () => {
      this.#visits += 1
      clearTimeout(this.#timer)
      for (const run of this.tracked) run.stop()
    }
  }

  async refresh(wanted?: string): Promise<void> {
    const visit = this.#visits
    try {
      const begun = performance.now()
      const answer = await fetchRuns()
      const ms = performance.now() - begun
      // A long list is drawn in another task than that in which it has been read.
      if (answer !== this.#answer) await new Promise<void>(inTurn)
      if (visit !== this.#visits) return
      this.#tookMs = [this.#tookMs[1], ms]
      this.absence = null
      this.isLost = false
      // The same object: nothing has changed.
      if (answer === this.#answer) return
      this.#answer = answer
      this.fields = answer.fields
      this.#take(answer.runs, wanted)
      this.folder = answer.folder
      // After the table: the server reads as much for them, beside the page.
      inTurn(() => void this.#refreshCurves(answer))
    } catch (error) {
      if (visit !== this.#visits) return
      if (this.folder !== null) this.isLost = true
      else this.absence = error instanceof RunsAbsent ? error.absence : 'no server'
    }
  }

  /** Where an evaluation has been added since the last time. */
  async #refreshCurves({ runs }: FolderAnswer): Promise<void> {
    const key = runs
      .map(({ name, bestExactAccuracy, status }) => `${name} ${bestExactAccuracy} ${status}`)
      .join('\n')
    if (key === this.#curvesOf) return
    this.#curvesOf = key
    try {
      this.curves = (await fetchCurves()).curves
    } catch {
      // The list tells that the server is gone.
      this.#curvesOf = ''
    }
  }

  #take(runs: readonly ListedRun[], wanted: string | undefined): void {
    const files = this.tracked.filter(({ isFile }) => isFile)
    const known = new Map(this.tracked.flatMap((run) => (run.isFile ? [] : [[run.name, run] as const])))
    const next = runs.map((summary) =>
      update(known.get(summary.name) ?? new TrackedRun(summary.name, null), summary),
    )
    const listed = new Set(next)
    // What begins while the reader looks on is what the reader waits for.
    const begun = next.filter(({ name, summary }) => !known.has(name) && summary?.status === 'running')
    const isFirst = this.folder === null
    for (const run of this.tracked) if (!listed.has(run) && !run.isFile) run.stop()
    this.tracked = [...next, ...files]
    // In an empty folder that is when the first run begins.
    if (this.#isUntouched) for (const run of firstCompared(next, wanted)) this.compare(run, true)
    else if (!isFirst) for (const run of begun) this.compare(run, true)
  }

  compare(run: TrackedRun, isCompared: boolean): void {
    this.#isUntouched = false
    if (isCompared === (run.look !== null)) return
    if (isCompared) {
      run.look = freeLook(this.compared.map(({ look }) => look!))
      if (run.look !== null) run.start()
    } else {
      run.look = null
      run.stop()
    }
  }

  /** Adds the events of files; the first problem is kept for the reader. */
  async open(files: Iterable<File>): Promise<void> {
    this.fileProblem = null
    for (const file of files) {
      try {
        const run = new TrackedRun(this.#freeName(file), await readEventFile(file))
        this.tracked = [...this.tracked, run]
        this.compare(run, true)
      } catch (error) {
        this.fileProblem ??= error instanceof Error ? error.message : String(error)
      }
    }
  }

  /** Takes an opened file away. */
  close(run: TrackedRun): void {
    this.compare(run, false)
    this.tracked = this.tracked.filter((one) => one !== run)
  }

  #freeName({ name, webkitRelativePath }: File): string {
    const wanted = webkitRelativePath.split('/').at(-2) ?? name
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? wanted : `${wanted} (${number})`
      if (!this.find(candidate)) return candidate
    }
  }
}

/** What the first look at the page shows: the run that was asked for, or what is going on, or the latest. */
function firstCompared(runs: readonly TrackedRun[], wanted: string | undefined): readonly TrackedRun[] {
  const readable = runs.filter(({ summary }) => summary?.status !== 'damaged')
  const named = readable.filter(({ name }) => name === wanted)
  if (named.length > 0) return named
  const running = readable.filter(({ summary }) => summary?.status === 'running')
  if (running.length > 0) return running.slice(0, 3)
  const begunAt = ({ summary }: TrackedRun): number => summary?.begunAt ?? 0
  return [...readable].sort((one, other) => begunAt(other) - begunAt(one)).slice(0, 1)
}

/** A run that was over and runs again is followed again. */
function update(run: TrackedRun, summary: ListedRun): TrackedRun {
  const wasOver = run.follow === 'ended'
  run.summary = summary
  if (wasOver && summary.status === 'running' && run.look !== null) run.start()
  return run
}

export const runsStore = new RunsStore()
