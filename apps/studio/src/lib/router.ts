/** Pages by the part of the address after `#`, which every static host leaves to the page. */

export const routes = ['think', 'train', 'runs'] as const
export type Route = (typeof routes)[number]

export interface Place {
  readonly route: Route
  /** What follows the page in the address: `#/runs/today/first` → ['today', 'first']. */
  readonly rest: readonly string[]
}

/** The place that an address names; Think for every other one. */
export function parseHash(hash: string): Place {
  const [first = '', ...rest] = hash.replace(/^#?\/?/, '').split('/')
  const route = routes.find((name) => name === first)
  return route
    ? { route, rest: rest.filter((part) => part !== '').map(decode) }
    : { route: 'think', rest: [] }
}

export function formatHash({ route, rest }: Place): string {
  return `#/${[route, ...rest.map(encodeURIComponent)].join('/')}`
}

/** A percent sign that encodes nothing stands for itself. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
