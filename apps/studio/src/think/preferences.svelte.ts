/** What a reader has chosen on the page Think; kept as long as the page is open. */
let hasKeys = $state(true)

export const preferences = {
  /** Whether single keys work outside of the grid; they may be in the way of speech input. */
  get hasKeys(): boolean {
    return hasKeys
  },
  set hasKeys(wanted: boolean) {
    hasKeys = wanted
  },
}
