/** Where recorded runs are computed: in this process, or in a browser. */
import { join } from 'node:path'
import { InputError } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { openSuite } from '../../../testing/suite/open-suite.ts'
import { compareWithGolden } from './compare.ts'
import type { Deviation } from './deviations.ts'
import { readGolden } from './read-golden.ts'

export interface ParityOptions {
  readonly device: 'cpu' | 'webgpu'
  readonly threads: number
  /** In Node only. */
  readonly plain: boolean
}

export interface ParityPlace {
  /** The executor's name. */
  readonly name: string
  /** Of the recorded run of this name, from what is recorded. */
  deviations(name: string): Promise<readonly Deviation[]>
  close(): Promise<void>
}

export async function openNodeParity(directory: string, options: ParityOptions): Promise<ParityPlace> {
  const executor = await openOrtExecutor({ ...options, refuseFallback: true })
  return {
    name: executor.name,
    deviations: async (name) => compareWithGolden(executor, await readGolden(join(directory, name))),
    close: async () => undefined,
  }
}

export async function openChromiumParity(
  directory: string,
  { device, threads }: ParityOptions,
): Promise<ParityPlace> {
  const suite = await openSuite(directory, { webgpu: device === 'webgpu' })
  const request = device === 'webgpu' ? ({ device } as const) : ({ device: 'wasm', threads } as const)
  return {
    name: `Chromium, ${device === 'webgpu' ? 'WebGPU' : `WebAssembly, ${threads} threads`}`,
    deviations: async (name) => {
      const { deviations, error } = await suite.run({ ...request, suite: 'golden', names: [name] })
      if (error === null) return deviations[name]!
      const hint = 'Try another device, or name another browser by TRM_CHROMIUM.'
      throw new InputError({ who: name, expected: 'a browser that computes it', got: error, hint })
    },
    close: () => suite.close(),
  }
}
