/** The models that come with the library; each is a file of its own, fetched when it is chosen. */
import type { PuzzleKind } from '@tiny-recursive-models/trm'

/** An entry of packages/trm/models/index.json. */
interface ShippedRecord {
  readonly name: string
  readonly title: string
  readonly file: string
  readonly bytes: number
  readonly puzzle: PuzzleKind
  readonly parameters: number
  readonly recipe: string
  readonly seed: number
  readonly commit: string
  readonly steps: number
  readonly precision: string
  readonly test: {
    readonly puzzles: number
    /** Share of puzzles that are solved after each supervision step. */
    readonly exactByStep: readonly number[]
    /** The same where other answers than the label are right too. */
    readonly validByStep?: readonly number[]
    readonly early: { readonly exact: number; readonly meanSteps: number }
    /** What little and much thinking give; only of models that end by standing still. */
    readonly effort?: readonly {
      readonly maximumSteps: number
      readonly attempts: number
      readonly exact: number
    }[]
  }
}

export interface ShippedFacts extends ShippedRecord {
  readonly load: () => Promise<Uint8Array>
}

// A glob knows no names of packages, but it gives each file a hashed address.
const indexes = import.meta.glob<{ models: readonly ShippedRecord[] }>(
  '../../../../packages/trm/models/index.json',
  { eager: true, import: 'default' },
)
const addresses = import.meta.glob<string>('../../../../packages/trm/models/*.safetensors', {
  eager: true,
  query: '?url',
  import: 'default',
})

export const shippedModels: readonly ShippedFacts[] = Object.values(indexes)
  .flatMap(({ models }) => models)
  .flatMap((record) => {
    const address = Object.entries(addresses).find(([path]) => path.endsWith(`/${record.file}`))?.[1]
    return address === undefined ? [] : [{ ...record, load: () => fetchBytes(address, record.title) }]
  })

async function fetchBytes(address: string, title: string): Promise<Uint8Array> {
  const response = await fetch(address).catch(() => null)
  if (response?.ok) return new Uint8Array(await response.arrayBuffer())
  const why = response ? `the server answered ${response.status}` : 'there is no connection'
  throw new Error(`The model ${title} could not be loaded: ${why}. Check the connection and try again.`)
}
