/** The worker that trains. A worker has one device for its whole life, so another device gets another worker. */
import type { ModelClient } from '@tiny-recursive-models/trm/browser'

export type Device = 'wasm' | 'webgpu'

/** What of a model worker training uses. */
export type TrainingClient = Pick<
  ModelClient,
  'runtime' | 'open' | 'close' | 'train' | 'evaluate' | 'terminate'
>

export class DeviceWorker {
  readonly #start: (device: Device) => Promise<TrainingClient>
  #current: { readonly device: Device; readonly client: Promise<TrainingClient> } | null = null

  constructor(start: (device: Device) => Promise<TrainingClient>) {
    this.#start = start
  }

  open(device: Device): Promise<TrainingClient> {
    if (this.#current?.device !== device) {
      this.end()
      this.#current = { device, client: this.#start(device) }
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
