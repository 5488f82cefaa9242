/** The models that come with the library; each is a file of its own, fetched when it is chosen. */
import type { ShippedModel } from '@tiny-recursive-models/trm'

export interface ShippedFacts extends ShippedModel {
  readonly address: string
  readonly load: () => Promise<Uint8Array>
}

// A glob knows no names of packages, but it gives each file a hashed address.
const indexes = import.meta.glob<{ models: readonly ShippedModel[] }>(
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
    const found = Object.entries(addresses).find(([path]) => path.endsWith(`/${record.file}`))?.[1]
    if (found === undefined) return []
    const address = new URL(found, document.baseURI).href
    return [{ ...record, address, load: () => fetchBytes(address, record.title) }]
  })

async function fetchBytes(address: string, title: string): Promise<Uint8Array> {
  const response = await fetch(address).catch(() => null)
  if (response?.ok) return new Uint8Array(await response.arrayBuffer())
  const why = response ? `the server answered ${response.status}` : 'there is no connection'
  throw new Error(`The model ${title} could not be loaded: ${why}. Check the connection and try again.`)
}
