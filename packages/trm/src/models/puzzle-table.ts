// Letters: I identifiers, E length of a puzzle embedding, R rows in use.
import { InputError } from '@tiny-recursive-models/tensor'

/** A sparse table: the identifiers whose rows were ever written, and these rows. */
export interface PuzzleRows {
  /** [R] */
  readonly identifiers: Int32Array
  /** [R, E] */
  readonly rows: Float32Array
}

/** Rows in one piece of memory. */
const pageRows = 1024

/**
 * Puzzle embeddings [I, E] in host memory. Every row starts at 0 and takes no space until it is written: even with
 * hundreds of thousands of identifiers, a step, a checkpoint and a model file only contain the rows that were used.
 */
export class PuzzleTable {
  readonly identifiers: number
  readonly width: number
  /** [I] place of a row, counted from 1; 0 = never written */
  readonly #places: Int32Array
  readonly #pages: Float32Array[] = []
  readonly #used: number[] = []

  constructor(identifiers: number, width: number) {
    this.identifiers = identifiers
    this.width = width
    this.#places = new Int32Array(width > 0 ? identifiers : 0)
  }

  /** A table as it is stored; `who` names its file in errors. */
  static from(identifiers: number, width: number, stored: PuzzleRows, who = 'puzzle table'): PuzzleTable {
    const table = new PuzzleTable(identifiers, width)
    const outside = stored.identifiers.find((identifier) => identifier < 0 || identifier >= identifiers)
    if (outside !== undefined || stored.rows.length !== stored.identifiers.length * width) {
      throw new InputError({
        who,
        expected: `rows of ${width} numbers for identifiers from 0 to ${identifiers - 1}`,
        got: outside === undefined ? `${stored.rows.length} numbers` : `identifier ${outside}`,
        hint: 'The file is damaged or belongs to another data set.',
      })
    }
    table.put(stored.identifiers, stored.rows)
    return table
  }

  /** A table of which every row is given: [I, E]. */
  static dense(rows: Float32Array, width: number): PuzzleTable {
    const identifiers = width > 0 ? rows.length / width : 0
    return PuzzleTable.from(identifiers, width, {
      identifiers: Int32Array.from({ length: identifiers }, (_, identifier) => identifier),
      rows,
    })
  }

  /** Number of rows that were ever written. */
  get used(): number {
    return this.#used.length
  }

  /** The rows of these identifiers, one after the other: [n, E]. */
  gather(identifiers: ArrayLike<number>): Float32Array {
    const rows = new Float32Array(identifiers.length * this.width)
    for (const [index, identifier] of Array.from(identifiers).entries()) {
      const row = this.#row(identifier)
      if (row) rows.set(row, index * this.width)
    }
    return rows
  }

  /** Writes rows [n, E]; of equal identifiers the last one stays. */
  put(identifiers: ArrayLike<number>, rows: Float32Array): void {
    for (const [index, identifier] of Array.from(identifiers).entries()) {
      const row = rows.subarray(index * this.width, (index + 1) * this.width)
      const held = this.#row(identifier) ?? this.#newRow(identifier)
      held.set(row)
    }
  }

  /** All rows in use, by ascending identifier. */
  stored(): PuzzleRows {
    const identifiers = Int32Array.from(this.#used).sort()
    return { identifiers, rows: this.gather(identifiers) }
  }

  #row(identifier: number): Float32Array | undefined {
    const place = (this.#places[identifier] ?? 0) - 1
    return place < 0 ? undefined : this.#at(place)
  }

  #newRow(identifier: number): Float32Array {
    const place = this.#used.length
    if (place % pageRows === 0) {
      const rows = Math.min(pageRows, this.identifiers - place)
      this.#pages.push(new Float32Array(rows * this.width))
    }
    this.#used.push(identifier)
    this.#places[identifier] = place + 1
    return this.#at(place)
  }

  #at(place: number): Float32Array {
    const start = (place % pageRows) * this.width
    const page = this.#pages[Math.floor(place / pageRows)]
    if (!page) throw new RangeError(`the puzzle table has no row at place ${place}`)
    return page.subarray(start, start + this.width)
  }
}
