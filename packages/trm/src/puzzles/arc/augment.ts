/**
 * The augmentations of ARC tasks: one of eight symmetries of the square and a permutation of the colours 1 to 9.
 * Numbers, names and inverses are those of the published builder (dataset/build_arc_dataset.py), so that names can
 * be exchanged with it.
 */
import { InputError, type RandomStream } from '@tiny-recursive-models/tensor'
import { colourCount, type Grid } from './grid.ts'

/** How many symmetries a square has. */
export const dihedralCount = 8
/** Orders of the colours 1 to 9: 9! */
export const permutationCount = 362_880

/** The symmetry that undoes each one: a quarter turn is undone by three, the others undo themselves. */
export const inverseDihedrals = [0, 3, 2, 1, 4, 5, 6, 7] as const

/** A copy of a task: turned or mirrored, with its colours exchanged. */
export interface ArcTransform {
  /**
   * 0 as it is; 1, 2, 3 quarter turns counter-clockwise; 4 left and right exchanged; 5 top and bottom exchanged;
   * 6 transposed; 7 a quarter turn counter-clockwise, then left and right exchanged.
   */
  readonly dihedral: number
  /** [10] colour c becomes colours[c]; colours[0] is 0 */
  readonly colours: readonly number[]
}

/** Changes nothing. */
export const identityTransform: ArcTransform = Object.freeze({
  dihedral: 0,
  colours: Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
})

/**
 * Where the cells of a transformed R × C grid come from: cell (row, column) of the result is cell
 * `start + row · rowStep + column · columnStep` of the original.
 */
export interface Walk {
  readonly turned: boolean
  readonly start: number
  readonly rowStep: number
  readonly columnStep: number
}

/** @throws InputError for a symmetry that is not there */
export function walkOf(dihedral: number, rows: number, columns: number): Walk {
  const last = rows * columns - 1
  const lastRow = last - columns + 1
  switch (dihedral) {
    case 0:
      return { turned: false, start: 0, rowStep: columns, columnStep: 1 }
    case 1:
      return { turned: true, start: columns - 1, rowStep: -1, columnStep: columns }
    case 2:
      return { turned: false, start: last, rowStep: -columns, columnStep: -1 }
    case 3:
      return { turned: true, start: lastRow, rowStep: 1, columnStep: -columns }
    case 4:
      return { turned: false, start: columns - 1, rowStep: columns, columnStep: -1 }
    case 5:
      return { turned: false, start: lastRow, rowStep: -columns, columnStep: 1 }
    case 6:
      return { turned: true, start: 0, rowStep: 1, columnStep: columns }
    case 7:
      return { turned: true, start: last, rowStep: -1, columnStep: -columns }
    default:
      throw new InputError({
        who: 'ARC augmentation',
        expected: 'a symmetry from 0 to 7',
        got: String(dihedral),
        hint: 'See ArcTransform.dihedral.',
      })
  }
}

/** A new grid: colours exchanged, then turned or mirrored (the order makes no difference). */
export function applyTransform({ dihedral, colours }: ArcTransform, grid: Grid): Grid {
  const { turned, start, rowStep, columnStep } = walkOf(dihedral, grid.rows, grid.columns)
  const rows = turned ? grid.columns : grid.rows
  const columns = turned ? grid.rows : grid.columns
  const result = new Uint8Array(rows * columns)
  let cell = 0
  for (let row = 0; row < rows; row++) {
    let source = start + row * rowStep
    for (let column = 0; column < columns; column++) {
      result[cell++] = colours[grid.colours[source]!]!
      source += columnStep
    }
  }
  return { rows, columns, colours: result }
}

/** The transform that undoes this one. */
export function invertTransform({ dihedral, colours }: ArcTransform): ArcTransform {
  const inverse = new Array<number>(colourCount).fill(0)
  colours.forEach((becomes, colour) => {
    inverse[becomes] = colour
  })
  const undone = inverseDihedrals[dihedral]
  if (undone === undefined) return { dihedral, colours: inverse } // refused where it is applied
  return { dihedral: undone, colours: inverse }
}

/** One of the 8 · 9! transforms, every one equally likely; the identity among them. */
export function drawTransform(random: RandomStream): ArcTransform {
  const dihedral = random.integer(dihedralCount)
  return { dihedral, colours: [0, ...random.shuffle([1, 2, 3, 4, 5, 6, 7, 8, 9])] }
}

/** Number 0 to 8 · 9! − 1 of a transform; 0 is the identity. */
export function packTransform({ dihedral, colours }: ArcTransform): number {
  let rank = 0
  for (let place = 1; place < colourCount; place++) {
    let smallerAfter = 0
    for (let later = place + 1; later < colourCount; later++)
      if (colours[later]! < colours[place]!) smallerAfter += 1
    rank = rank * (colourCount - place) + smallerAfter
  }
  return rank * dihedralCount + dihedral
}

/** The transform of that number. */
export function unpackTransform(packed: number): ArcTransform {
  let rank = Math.floor(packed / dihedralCount)
  const digits = new Array<number>(colourCount).fill(0)
  for (let place = colourCount - 1; place >= 1; place--) {
    digits[place] = rank % (colourCount - place)
    rank = Math.floor(rank / (colourCount - place))
  }
  const left = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  const colours = [0]
  for (let place = 1; place < colourCount; place++) colours.push(left.splice(digits[place]!, 1)[0]!)
  return { dihedral: packed % dihedralCount, colours }
}

const separator = '|||'

/** The published name of an augmented task: `task|||t<symmetry>|||<what the colours 0 to 9 become>`. */
export function augmentedName(task: string, { dihedral, colours }: ArcTransform): string {
  return `${task}${separator}t${dihedral}${separator}${colours.join('')}`
}

/** Task and transform of a published name; a name without a transform is the task as it is. */
export function parseAugmentedName(name: string): { task: string; transform: ArcTransform } {
  const parts = name.split(separator)
  if (parts.length === 1) return { task: name, transform: identityTransform }
  const [task, symmetry, permutation] = parts
  const isSound =
    parts.length === 3 &&
    task !== '' &&
    /^t[0-7]$/.test(symmetry!) &&
    /^0[1-9]{9}$/.test(permutation!) &&
    new Set(permutation).size === colourCount
  if (!isSound) {
    throw new InputError({
      who: 'name of an augmented ARC task',
      expected: 'task|||t<0 to 7>|||<0 and the digits 1 to 9 in any order>',
      got: JSON.stringify(name.length <= 80 ? name : `${name.slice(0, 77)}…`),
      hint: 'Such names are found in identifiers.json; the file is damaged or of another kind.',
    })
  }
  return {
    task: task!,
    transform: { dihedral: Number(symmetry![1]), colours: Array.from(permutation!, Number) },
  }
}
