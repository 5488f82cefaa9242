/** What Prometheus reads. Units are seconds and bytes, as it wants them: https://prometheus.io/docs/practices/naming/ */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const secondsBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const stepBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

/** The line before a model, as far as its figures go. */
export interface WatchedQueue {
  readonly waiting: number
  readonly given: number
  readonly slots: number
}

export class ModelServerMetrics {
  readonly #registry = new Registry()
  readonly #requests = new Counter({
    name: 'trm_http_requests_total',
    help: 'Requests that were answered, by route and status; those that the guard refused have the route "refused".',
    labelNames: ['route', 'status'],
    registers: [this.#registry],
  })
  readonly #requestSeconds = new Histogram({
    name: 'trm_http_request_seconds',
    help: 'From the head of a request to its answer.',
    labelNames: ['route'],
    buckets: secondsBuckets,
    registers: [this.#registry],
  })
  readonly #puzzles = new Counter({
    name: 'trm_puzzles_total',
    help: 'Puzzles that were answered; solved is "yes", "no", or "unknown" where no rule is known.',
    labelNames: ['model', 'solved'],
    registers: [this.#registry],
  })
  readonly #puzzleSteps = new Histogram({
    name: 'trm_puzzle_steps',
    help: 'Supervision steps of a puzzle, over all its attempts.',
    labelNames: ['model'],
    buckets: stepBuckets,
    registers: [this.#registry],
  })
  readonly #batchSteps = new Counter({
    name: 'trm_batch_steps_total',
    help: 'Supervision steps that were computed, each for many slots.',
    labelNames: ['model'],
    registers: [this.#registry],
  })
  readonly #slotSteps = new Counter({
    name: 'trm_slot_steps_total',
    help: 'The same, counted once for every slot; state is "busy", or "idle" for slots that had no puzzle.',
    labelNames: ['model', 'state'],
    registers: [this.#registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** Follows the line before a model. */
  watch(model: string, queue: WatchedQueue): void {
    const gauges = [
      ['trm_queue_waiting', 'Puzzles that wait for a batch.', () => queue.waiting],
      ['trm_puzzles_in_progress', 'Puzzles that a batch has.', () => queue.given],
      ['trm_slots', 'Puzzles that can be worked on side by side.', () => queue.slots],
    ] as const
    for (const [name, help, read] of gauges) {
      const known = this.#registry.getSingleMetric(name) as WatchGauge | undefined
      const gauge = known ?? new WatchGauge(name, help, this.#registry)
      gauge.follow(model, read)
    }
  }

  noteRequest(route: string, status: number, seconds?: number): void {
    this.#requests.inc({ route, status: String(status) })
    if (seconds !== undefined) this.#requestSeconds.observe({ route }, seconds)
  }

  notePuzzle(model: string, solved: boolean | null, steps: number): void {
    this.#puzzles.inc({ model, solved: solved === null ? 'unknown' : solved ? 'yes' : 'no' })
    this.#puzzleSteps.observe({ model }, steps)
  }

  noteStep(model: string, slots: number, busy: number): void {
    this.#batchSteps.inc({ model })
    this.#slotSteps.inc({ model, state: 'busy' }, busy)
    this.#slotSteps.inc({ model, state: 'idle' }, slots - busy)
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}

/** A gauge that is read when it is asked for, for every model. */
class WatchGauge extends Gauge<'model'> {
  readonly #reads = new Map<string, () => number>()

  constructor(name: string, help: string, registry: Registry) {
    super({
      name,
      help,
      labelNames: ['model'],
      registers: [registry],
      collect() {
        for (const [model, read] of (this as WatchGauge).#reads) this.set({ model }, read())
      },
    })
  }

  follow(model: string, read: () => number): void {
    this.#reads.set(model, read)
  }
}
