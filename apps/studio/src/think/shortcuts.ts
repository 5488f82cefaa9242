/** The keys of the page Think, for the page and for its help. */

export interface Shortcut {
  /** Values of `KeyboardEvent.key`. */
  readonly keys: readonly string[]
  /** With Ctrl, or with ⌘ on a Mac. */
  readonly withControl?: boolean
  readonly withShift?: boolean
  /** How the key is written. */
  readonly shown: string
  readonly does: string
}

export const shortcuts = {
  play: { keys: [' '], shown: 'Space', does: 'Play or pause' },
  back: { keys: ['ArrowLeft'], shown: '←', does: 'One update of the state back' },
  forward: { keys: ['ArrowRight'], shown: '→', does: 'One update of the state forward' },
  stepBack: { keys: ['ArrowLeft'], withShift: true, shown: 'Shift ←', does: 'One step back' },
  stepForward: { keys: ['ArrowRight'], withShift: true, shown: 'Shift →', does: 'One step forward' },
  start: { keys: ['Home'], shown: 'Home', does: 'Back to the question' },
  end: { keys: ['End'], shown: 'End', does: 'To the last step' },
  newPuzzle: { keys: ['n', 'N'], shown: 'N', does: 'New puzzle' },
  edit: { keys: ['e', 'E'], shown: 'E', does: 'Edit the puzzle, or end editing' },
  undo: { keys: ['z', 'Z'], withControl: true, shown: 'Ctrl Z', does: 'Undo a change of the puzzle' },
  redo: {
    keys: ['z', 'Z'],
    withControl: true,
    withShift: true,
    shown: 'Ctrl Shift Z',
    does: 'Redo it',
  },
  redoToo: { keys: ['y', 'Y'], withControl: true, shown: 'Ctrl Y', does: 'Redo it' },
  help: { keys: ['?'], shown: '?', does: 'Show these keys' },
} as const satisfies Record<string, Shortcut>

export type ShortcutName = keyof typeof shortcuts

/** What else keys do, where the grid has the focus. */
export const gridKeys: readonly Pick<Shortcut, 'shown' | 'does'>[] = [
  { shown: '↑ ↓ ← →', does: 'To another cell' },
  { shown: 'Enter', does: 'Ask what if it were something else' },
  { shown: 'Esc', does: 'Close the candidates of a cell' },
  { shown: '1 … 9', does: 'Write into the cell, while editing' },
  { shown: 'Backspace', does: 'Empty the cell, while editing' },
]

export interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** The shortcut that a key is; undefined for other keys. */
export function shortcutOf({
  key,
  ctrlKey,
  metaKey,
  altKey,
  shiftKey,
}: PressedKey): ShortcutName | undefined {
  if (altKey) return undefined
  const isWith = ctrlKey || metaKey
  const found = Object.entries(shortcuts as Readonly<Record<string, Shortcut>>).find(
    ([, { keys, withControl = false, withShift = false }]) =>
      keys.includes(key) &&
      withControl === isWith &&
      // A question mark needs Shift on most keyboards, and a capital is Shift or a lock.
      (!isWith || withShift === shiftKey) &&
      (!key.startsWith('Arrow') || withShift === shiftKey),
  )
  return found?.[0] as ShortcutName | undefined
}
