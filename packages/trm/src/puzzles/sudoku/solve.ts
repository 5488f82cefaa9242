import type { RandomStream } from '@tiny-recursive-models/tensor'
import { type BoxShape, blankToken, digitOffset, type SudokuLayout, sudokuLayout } from './shape.ts'

/**
 * An exact solver: candidates as bit masks, naked and hidden singles after every placement, and a search that
 * branches on the cell with the fewest candidates or, where no cell has just two, on a digit with two places.
 * Bit d − 1 of a mask stands for digit d. S = cells, N = size.
 */

/** The only or first solution, as tokens [S], or undefined where there is none. */
export function solveSudoku(shape: BoxShape, tokens: ArrayLike<number>): Int32Array | undefined {
  const search = searchOf(shape)
  return search.run(tokens, 1) > 0 ? search.solution.slice() : undefined
}

/**
 * Branches after which a search gives up. The hardest of a published sample takes 1,348; this many take a third of a
 * second, so that puzzles made to keep a solver busy cannot hold up a file of others.
 */
export const maxBranches = 200_000

/**
 * How many solutions there are, counted up to `limit`; null if `branches` are not enough to decide. A puzzle that has
 * been counted can be solved within the same branches.
 */
export function countSolutions(
  shape: BoxShape,
  tokens: ArrayLike<number>,
  limit: number = 2,
  branches: number = maxBranches,
): number | null {
  const search = searchOf(shape)
  const found = search.run(tokens, limit, { branches })
  return search.gaveUp ? null : found
}

/**
 * Whether the grid has a solution with another digit in `cell` than the one that stands there: exactly then the
 * clue is needed to keep the solution the only one. Half the work of counting solutions without the clue.
 */
export function isClueNeeded(shape: BoxShape, tokens: ArrayLike<number>, cell: number): boolean {
  return searchOf(shape).run(tokens, 1, { otherThan: cell }) > 0
}

/** A complete random grid [S]; not exactly evenly distributed over all grids. */
export function randomSolution(shape: BoxShape, random: RandomStream): Int32Array {
  const { size, cells } = sudokuLayout(shape)
  const tokens = new Int32Array(cells).fill(blankToken)
  random.permutation(size).forEach((digit, cell) => {
    tokens[cell] = digit + 1 + digitOffset
  })
  const search = searchOf(shape)
  search.run(tokens, 1, { random })
  return search.solution.slice()
}

interface SearchOptions {
  /** A cell that must not hold the digit that stands there. */
  readonly otherThan?: number
  /** Try the candidates of a branch in random order instead of ascending. */
  readonly random?: RandomStream
  /** Gives up after so many; by default never. */
  readonly branches?: number
}

const searches = new Map<SudokuLayout, Search>()

function searchOf(shape: BoxShape): Search {
  const layout = sudokuLayout(shape)
  let search = searches.get(layout)
  if (search === undefined) {
    search = new Search(layout)
    searches.set(layout, search)
  }
  return search
}

/** The buffers of one search, used again by the next: a search runs to its end before another begins. */
class Search {
  /** [S] the last solution found */
  readonly solution: Int32Array
  private readonly layout: SudokuLayout
  private readonly everyDigit: number
  /** [S + 1, S] the candidates at every depth of the search */
  private readonly candidates: Uint16Array
  /** Cells that have one candidate left which their peers have not lost yet. */
  private readonly queue: Uint8Array
  private queued = 0
  /** Whether the last run ended before it had tried everything it was asked to. */
  gaveUp = false
  private found = 0
  private branchesLeft = 0
  private limit = 1
  private random: RandomStream | undefined
  /** The branch chosen last: digits to try in one cell, or cells to try for one digit. */
  private branchCells: number[] = []
  private branchMasks: number[] = []

  constructor(layout: SudokuLayout) {
    const { cells, size } = layout
    this.layout = layout
    this.everyDigit = 2 ** size - 1
    this.solution = new Int32Array(cells)
    this.candidates = new Uint16Array((cells + 1) * cells)
    this.queue = new Uint8Array(cells)
  }

  run(tokens: ArrayLike<number>, limit: number, options: SearchOptions = {}): number {
    const { cells } = this.layout
    const { otherThan, random, branches = Number.POSITIVE_INFINITY } = options
    this.found = 0
    this.gaveUp = false
    this.branchesLeft = branches
    this.limit = limit
    this.random = random
    this.queued = 0
    for (let cell = 0; cell < cells; cell++) {
      const token = tokens[cell]!
      let mask = token > blankToken ? 1 << (token - digitOffset - 1) : this.everyDigit
      if (cell === otherThan) mask = this.everyDigit & ~mask
      this.candidates[cell] = mask
      if (hasOneBit(mask)) this.queue[this.queued++] = cell
    }
    if (this.propagate(0)) this.explore(0)
    return this.found
  }

  /** Takes every single to its end; false where a cell or a digit of a unit has no place left. */
  private propagate(start: number): boolean {
    const { candidates, queue } = this
    const { peers, peersPerCell } = this.layout
    do {
      while (this.queued > 0) {
        const cell = queue[--this.queued]!
        const bit = candidates[start + cell]!
        const end = (cell + 1) * peersPerCell
        for (let place = cell * peersPerCell; place < end; place++) {
          const peer = start + peers[place]!
          const mask = candidates[peer]!
          if ((mask & bit) !== 0) {
            const rest = mask & ~bit
            if (rest === 0) return false
            candidates[peer] = rest
            if (hasOneBit(rest)) queue[this.queued++] = peers[place]!
          }
        }
      }
      if (!this.queueHiddenSingles(start)) return false
    } while (this.queued > 0)
    return true
  }

  /** Queues the cells that are the only place for a digit in some unit. */
  private queueHiddenSingles(start: number): boolean {
    const { candidates, queue, everyDigit } = this
    const { units, size } = this.layout
    for (let first = 0; first < units.length; first += size) {
      let once = 0
      let twice = 0
      for (let place = first; place < first + size; place++) {
        const mask = candidates[start + units[place]!]!
        twice |= once & mask
        once |= mask
      }
      if (once !== everyDigit) return false
      const hidden = once & ~twice
      if (hidden === 0) continue
      for (let place = first; place < first + size; place++) {
        const cell = units[place]!
        const mask = candidates[start + cell]!
        const only = mask & hidden
        if (only === 0 || only === mask) continue
        if (!hasOneBit(only)) return false
        candidates[start + cell] = only
        queue[this.queued++] = cell
      }
    }
    return true
  }

  /** Searches below the candidates at `depth`; true when `limit` solutions have been found, or it gives up. */
  private explore(depth: number): boolean {
    const { candidates } = this
    const { cells } = this.layout
    const start = depth * cells
    if (!this.chooseBranch(start)) {
      for (let cell = 0; cell < cells; cell++) {
        this.solution[cell] = 32 - Math.clz32(candidates[start + cell]!) + digitOffset
      }
      this.found += 1
      return this.found >= this.limit
    }
    const branchCells = this.branchCells
    const branchMasks = this.branchMasks
    const next = start + cells
    for (let choice = 0; choice < branchCells.length; choice++) {
      if (this.branchesLeft-- <= 0) {
        this.gaveUp = true
        return true
      }
      candidates.copyWithin(next, start, next)
      const cell = branchCells[choice]!
      candidates[next + cell] = branchMasks[choice]!
      this.queue[0] = cell
      this.queued = 1
      if (this.propagate(next) && this.explore(depth + 1)) return true
    }
    return false
  }

  /** Fills `branchCells` and `branchMasks` with alternatives of which exactly one is true; false for a full grid. */
  private chooseBranch(start: number): boolean {
    const { candidates } = this
    const { cells } = this.layout
    let fewest = 99
    let chosen = -1
    for (let cell = 0; cell < cells; cell++) {
      const mask = candidates[start + cell]!
      if (hasOneBit(mask)) continue
      const count = bitCount(mask)
      if (count < fewest) {
        fewest = count
        chosen = cell
        if (count === 2) break
      }
    }
    if (chosen === -1) return false
    this.branchCells = []
    this.branchMasks = []
    if (fewest > 2 && this.chooseTwoPlaces(start)) return true
    for (let rest = candidates[start + chosen]!; rest !== 0; rest &= rest - 1) {
      this.branchCells.push(chosen)
      this.branchMasks.push(rest & -rest)
    }
    this.random?.shuffle(this.branchMasks)
    return true
  }

  /** A digit with exactly two places in a unit, as a branch; false where there is none. */
  private chooseTwoPlaces(start: number): boolean {
    const { candidates } = this
    const { units, size } = this.layout
    for (let first = 0; first < units.length; first += size) {
      let once = 0
      let twice = 0
      let more = 0
      for (let place = first; place < first + size; place++) {
        const mask = candidates[start + units[place]!]!
        more |= twice & mask
        twice |= once & mask
        once |= mask
      }
      const pairs = twice & ~more
      if (pairs === 0) continue
      const digit = pairs & -pairs
      for (let place = first; place < first + size; place++) {
        const cell = units[place]!
        if ((candidates[start + cell]! & digit) !== 0) {
          this.branchCells.push(cell)
          this.branchMasks.push(digit)
        }
      }
      this.random?.shuffle(this.branchCells)
      return true
    }
    return false
  }
}

function hasOneBit(mask: number): boolean {
  return (mask & (mask - 1)) === 0
}

function bitCount(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1
  return count
}
