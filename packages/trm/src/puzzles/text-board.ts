/** Boards with one character a cell, for families that need no picture of their own. */
import { InputError } from '@tiny-recursive-models/tensor'
import { nameCell } from '../data/cells.ts'
import { tokensDigest } from '../data/checksum.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { Board, PuzzleKind, SymbolLook } from './family.ts'

interface TextBoard {
  readonly kind: PuzzleKind
  readonly title: string
  readonly rows: number
  readonly columns: number
  /** The characters of tokens 1, 2, …; token 0 is padding. */
  readonly symbols: readonly string[]
  /** The grid follows from rows and columns. */
  readonly structure: Omit<PuzzleStructure, 'grid'>
}

/** A board whose cells show their character, and nothing where the symbol only says that it is to be found. */
export function textBoard({ kind, title, rows, columns, symbols, structure }: TextBoard): Board {
  const { open, answers } = structure
  const marks = ['?', ...symbols]
  const isBlank = (token: number) => token === 0 || (open.includes(token) && !answers.includes(token))
  const palette = marks.map((_, token) => token).filter((token) => !isBlank(token))
  return {
    kind,
    title,
    rows,
    columns,
    names: marks.map((mark, token) =>
      token === 0 ? 'padding' : isBlank(token) ? 'blank' : mark === ' ' ? 'space' : mark,
    ),
    marks,
    looks: marks.map(
      (text, token): SymbolLook => (isBlank(token) ? { shape: 'empty', text: '' } : { shape: 'text', text }),
    ),
    structure: { ...structure, grid: { rows, columns } },
    candidates: answers,
    editing: {
      mode: 'write',
      palette,
      keys: Object.fromEntries(palette.map((token) => [marks[token]!.toLowerCase(), token])),
      single: [],
      help: 'Choose a cell, then a symbol; or use the keyboard: arrows, the symbol and Backspace.',
    },
    empty: () => new Int32Array(rows * columns).fill(open[0] ?? 1),
    parse: (text) => textTokens(title, text, marks, { rows, columns }),
    mistakes: () => [],
    check: () => [],
    fingerprint: (question) => tokensDigest(question),
  }
}

/**
 * The tokens [rows · columns] of a text; line ends, and spaces that are no symbol, are left out.
 *
 * @param what the puzzle, for messages
 */
function textTokens(
  what: string,
  text: string,
  marks: readonly string[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Int32Array {
  const cells = Array.from(text).filter((mark) => marks.includes(mark, 1) || !/\s/.test(mark))
  if (cells.length !== rows * columns) {
    throw new InputError({
      who: what,
      expected: `${rows * columns} cells (${rows}×${columns})`,
      got: String(cells.length),
      hint: 'Write one character per cell, all on one line or one line per row.',
    })
  }
  return Int32Array.from(cells, (mark, cell) => {
    const token = marks.indexOf(mark, 1)
    if (token > 0) return token
    throw new InputError({
      who: `${what}, ${nameCell(cell, columns)}`,
      expected: `one of ${marks.slice(1).join(' ')}`,
      got: JSON.stringify(mark),
      hint: 'Correct this cell.',
    })
  })
}
