/** Where the reader is, followed through the address. */
import { formatHash, type Place, parseHash } from './router.ts'

let current = $state<Place>(parseHash(location.hash))
addEventListener('hashchange', () => {
  current = parseHash(location.hash)
})

export const place = {
  get current(): Place {
    return current
  },
}

export function goTo(target: Place): void {
  location.hash = formatHash(target)
}
