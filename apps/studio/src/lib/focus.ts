/** For a button that goes with what it does: the keyboard goes on from the panel around it. */
export function goOnFrom(panel: HTMLElement | undefined, action: () => void): void {
  panel?.focus({ preventScroll: true })
  action()
}
