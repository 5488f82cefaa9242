/** The worker that trains. A worker has one device and number of threads for its whole life, so others get another worker. */
import type { ModelClient } from '@tiny-recursive-models/trm/browser'

export type Device = 'wasm' | 'webgpu'

/** What of a model worker training uses. */
export type TrainingClient = Pick<
  ModelClient,
  'runtime' | 'open' | 'close' | 'train' | 'evaluate' | 'terminate'
>

export class DeviceWorker {
  readonly #start: (device: Device, threads: number) => Promise<TrainingClient>
  #current: {
    readonly device: Device
    readonly threads: number
    readonly client: Promise<TrainingClient>
  } | null = null

  constructor(start: (device: Device, threads: number) => Promise<TrainingClient>) {
    this.#start = start
  }

  /** @param threads null: as many as the worker at hand has, or else one */
  open(device: Device, threads: number | null): Promise<TrainingClient> {
    const count = threads ?? this.#current?.threads ?? 1
    if (this.#current?.device !== device || this.#current.threads !== count) {
      this.end()
      this.#current = { device, threads: count, client: this.#start(device, count) }
    }
    return this.#current!.client
  }

  /** What it was doing is lost. */
  end(): void {
    this.#current?.client.then(
      (client) => client.terminate(),
      () => undefined,
    )
    this.#current = null
  }
}
