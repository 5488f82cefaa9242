/** What Node asks the page of the suite, and what it answers. */
import type { Deviation } from '../../bench/src/parity/deviations.ts'
import type { RecipeSpeed, RecipeSpeedOptions } from '../../bench/src/speed/recipe-speed.ts'
import type { Outcome } from '../shims/node-test.ts'

/** The conformance suite runs whole, or sampled: with one case of every operation. */
export type SuiteRequest = {
  /** A device of ONNX Runtime, or `compiled`: the executor of our own. */
  readonly device: 'wasm' | 'webgpu' | 'compiled'
  readonly threads?: number
} & (
  | { readonly suite: 'conformance'; readonly sampled: boolean }
  /** Recorded runs by the name of their two files. */
  | { readonly suite: 'golden'; readonly names: readonly string[] }
  /** Speed of a recipe and of the model in `file`. */
  | ({ readonly suite: 'speed'; readonly file: string } & Omit<RecipeSpeedOptions, 'model'>)
)

export interface SuiteAnswer {
  /** The executor's name. */
  readonly executor: string
  readonly outcomes: readonly Outcome[]
  /** By the name of the recorded run. */
  readonly deviations: Readonly<Record<string, readonly Deviation[]>>
  readonly speed: RecipeSpeed | null
  /** What went wrong before any test could run. */
  readonly error: string | null
}

/** The global function of the page. */
export interface SuitePage {
  readonly runSuite: (request: SuiteRequest) => Promise<SuiteAnswer>
}
