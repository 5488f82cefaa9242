/**
 * The structure of a family of puzzles, for models that mix by it: which cells see each other, which symbols may be
 * exchanged, what is to be found. Families give it (`data/structure-of.ts`); models only read it.
 */
export interface PuzzleStructure {
  /**
   * Groups of cells that constrain each other, by kind: the rows and columns of a Sudoku are its `line`s. Groups of a
   * kind share weights.
   */
  readonly groups: Readonly<Record<string, readonly (readonly number[])[]>>
  /** The grid that the cells form, numbered row by row. */
  readonly grid: { readonly rows: number; readonly columns: number }
  /**
   * Symbols that may be renamed into each other: a correct answer becomes the correct answer to the renamed question.
   */
  readonly exchangeable: readonly number[]
  /** Symbols of a question whose cells are to be found. */
  readonly open: readonly number[]
  /** Symbols that such a cell may turn out to hold. */
  readonly answers: readonly number[]
}
