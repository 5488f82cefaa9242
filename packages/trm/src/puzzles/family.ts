/**
 * What a puzzle family says of itself, once, for the library, the command line and the page. A family is all Sudokus or
 * all mazes; a board is its puzzles of one size. S = cells, V = symbols. How to add one: docs/puzzles.md.
 */
import type { RandomStream } from '@tiny-recursive-models/tensor'
import type { z } from 'zod'
import type { LoadedParts, OnDataProgress, ReadDataFile } from '../data/parts.ts'
import type { Example, PuzzleFacts, SolvedPuzzle } from '../data/puzzle-set.ts'
import type { PuzzleStructure } from '../models/structure.ts'
import type { RecipeDraft } from '../settings/draft.ts'

/**
 * A family and the size of its puzzles, as plain data that can be stored and posted: `{"puzzle": "sudoku", "shape":
 * {…}}`. Further keys are the family's own.
 */
export interface PuzzleKind {
  /** Name of the family. */
  readonly puzzle: string
  readonly [size: string]: unknown
}

/** What is wrong with a question or an answer. */
export interface Problem {
  /** For people, as the end of a sentence. */
  readonly message: string
  /** Cells to mark. */
  readonly cells: readonly number[]
  /** Unusual, but a model can still try it: a Sudoku with two solutions. */
  readonly isWarning?: boolean
}

/** A transformation of a puzzle that keeps answers correct, and its inverse. [S] tokens to [S] tokens. */
export interface PuzzleSymmetry {
  readonly apply: (tokens: Int32Array) => Int32Array
  readonly invert: (tokens: Int32Array) => Int32Array
}

/** How a symbol looks in a cell, on the terminal, in an SVG and in the page. */
export interface SymbolLook {
  readonly shape: 'empty' | 'text' | 'solid' | 'dot' | 'start' | 'end'
  /** What the cell shows, if the shape has a text. */
  readonly text: string
}

/** How a person writes a question. */
export interface Editing {
  /** `write`: choose a cell, then a symbol. `paint`: choose a symbol, then cells. */
  readonly mode: 'write' | 'paint'
  /** Symbols to choose from; the first of `structure.open` erases. */
  readonly palette: readonly number[]
  /** Symbol by key, in lower case. */
  readonly keys: Readonly<Record<string, number>>
  /** Symbols that a question has exactly once: writing one removes it from its old cell. */
  readonly single: readonly number[]
  /** Instructions for people. */
  readonly help: string
}

/** Puzzles of one family and one size: what their tokens mean, and which answers are correct. */
export interface Board {
  readonly kind: PuzzleKind
  /** `9×9 Sudoku` */
  readonly title: string
  readonly rows: number
  readonly columns: number
  /** [V] names of the symbols in the order of their tokens; token 0 is padding. */
  readonly names: readonly string[]
  /** [V] one character per symbol: a puzzle in one line. */
  readonly marks: readonly string[]
  /** [V] */
  readonly looks: readonly SymbolLook[]
  /** [S] cells of one region are drawn together, with a thick line around them; undefined: there are none. */
  readonly regionOf?: ArrayLike<number>
  readonly structure: PuzzleStructure
  /** Symbols that a cell to be found may be answered with, in the order in which they are shown. */
  readonly candidates: readonly number[]
  readonly editing: Editing
  /** A question with nothing in it, to draw on. */
  readonly empty: () => Int32Array
  /** One written question or answer of this size. Throws an InputError. */
  readonly parse: (text: string) => Int32Array
  /** What is obviously wrong with a question, without a search. */
  readonly mistakes: (question: Int32Array) => readonly Problem[]
  /** The same, and whether it can be solved, once and only once where that is asked of the family. */
  readonly check: (question: Int32Array) => readonly Problem[]
  /** The rule of the family; undefined: there is only the stored answer. */
  readonly rule?: BoardRule
  /** Random symmetries; undefined: none are known. */
  readonly symmetry?: (random: RandomStream) => PuzzleSymmetry
  /** A drawn example under a random symmetry; by default both question and answer under one of `symmetry`. */
  readonly augment?: (example: Example, random: RandomStream) => Example
  /** Equal for copies under a symmetry, and in practice for no others. */
  readonly fingerprint: (question: Int32Array, answer: Int32Array) => string
  /** How much a new question asks of a model, to choose one worth watching; by default the cells to be found. */
  readonly demand?: (question: Int32Array) => number
}

/** What a family knows about correct answers. */
export interface BoardRule {
  /** What an answer without problems is: `a valid solution`. */
  readonly solution: string
  /** Whether a question may have several correct answers, of which a label is only one. */
  readonly hasManyAnswers: boolean
  /** What keeps an answer [S] from solving a question [S]; empty if nothing does. */
  readonly problems: (question: Int32Array, answer: Int32Array) => readonly Problem[]
  /** Whether it solves it: the same, faster. */
  readonly isSolved: (question: Int32Array, answer: Int32Array) => boolean
  /** The answer to train on, or why there is none. */
  readonly solve: (question: Int32Array) => Int32Array | string
  /** What is wrong with a label besides `problems`: a shortest path, but not the one that the label rule takes. */
  readonly labelProblem?: (question: Int32Array, label: Int32Array) => Problem | undefined
  /** Cells of an unsolved answer that are wrong; by default where it differs from `solve`. */
  readonly wrongCells?: (question: Int32Array, answer: Int32Array) => readonly number[]
}

/**
 * How surely a text is a puzzle of a family: 2, only this family writes so; 1, it may be one, right or with a mistake;
 * between 0 and 1, it has the letters of one but not its form; 0, it is none.
 */
export type Certainty = number

/** How puzzles of a family are written down. */
export interface PuzzleWriting {
  /** For messages and the page: `digits, with . 0 _ * - ? or x for a blank`. */
  readonly marks: string
  /** What any row of a file should contain: `a well-formed Sudoku with one solution`. */
  readonly wanted: string
  /** What a first line should contain: `a Sudoku of 16, 36 or 81 characters`. */
  readonly wantedFirst: string
  /** Whether a text is one puzzle of this family: in one line, or drawn over several. */
  readonly recognises: (text: string) => Certainty
  /** Reads one written puzzle: all cells in one line, or drawn over several. Throws an InputError. */
  readonly read: (text: string, like?: PuzzleKind) => WrittenPuzzle
  /** Lines of a file to skip. */
  readonly isComment: (line: string) => boolean
  /** The puzzles in a line that holds other things too: in a link, before a remark, two beside each other. */
  readonly find: (line: string) => readonly string[]
  /** The puzzles that are drawn over several lines, in their order. */
  readonly grids: (lines: readonly string[]) => readonly DrawnGrid[]
  /** True: any text may be one, and only a recipe or a model defines its marks. Files are tables. */
  readonly needsKind?: boolean
  /** Other kinds that the same text could be: 6×6 grids with the other boxes. */
  readonly alternatives?: (kind: PuzzleKind) => readonly PuzzleKind[]
  /** What was asked, where an answer [S] shows it. */
  readonly questionOf?: (answer: Int32Array) => Int32Array
}

/** A drawn puzzle among lines: the places of its first and its last line, from 0. */
export interface DrawnGrid {
  readonly first: number
  readonly last: number
  /** Whether it has all its cells. */
  readonly isWhole: boolean
}

/** A puzzle that was read, and what kind it is. */
export interface WrittenPuzzle {
  readonly kind: PuzzleKind
  /** [S] */
  readonly tokens: Int32Array
}

/** One way to get puzzles: a `kind` of the `data` section of recipes. */
export interface PuzzleSource<Data extends SourceData = SourceData> {
  readonly kind: Data['kind']
  readonly fields: z.ZodType<Data>
  /** What puzzles they are; undefined where that is not known. */
  kindOf(data: Data, sizes: SetSizes): PuzzleKind | undefined
  /** What is wrong with several fields together. */
  violation?(data: Data): Violation | null
  load(data: Data, readFile: ReadDataFile, onProgress?: OnDataProgress): Promise<LoadedParts>
  /** The fields that are only known from the files, filled in before a run starts. */
  complete?(data: Data, readFile: ReadDataFile): Promise<Data>
  /** A new puzzle like those of the recipe; undefined where they come from files. */
  generate?(data: Data, random: RandomStream): SolvedPuzzle
  /** This many, no two of them copies; number k depends only on (data, seed, k). */
  generateMany?(data: Data, count: number, seed: number): Iterable<SolvedPuzzle>
}

/** The `data` section of a recipe of any kind. */
export interface SourceData {
  readonly kind: string
}

/** Cells and symbols of the puzzles of a set. */
export type SetSizes = Pick<PuzzleFacts, 'cells' | 'symbols'>

/** A conflict between several fields of a recipe. */
export interface Violation {
  readonly key: string
  readonly expected: string
  readonly got: string
  readonly hint: string
}

/** A family whose puzzles are grids with one symbol per cell, question and answer of the same size. */
export interface GridFamily<Kind extends PuzzleKind = PuzzleKind> {
  readonly name: string
  /** For people, of one and of many: `Sudoku`, `Sudokus`. */
  readonly title: string
  readonly plural: string
  /** The size of a puzzle. */
  readonly kind: z.ZodType<Kind>
  board(kind: Kind): Board
  readonly writing: PuzzleWriting
  /** How a copy differs from its original: `with rows, columns or digits exchanged`. */
  readonly copies: string
  /** A new puzzle of that kind, where no recipe says more. */
  generate?(kind: Kind, random: RandomStream): SolvedPuzzle
}

/** What tells models of the published code apart, whose tensors do not name their puzzles. */
export interface PublishedModels<Data extends SourceData = SourceData> {
  /** Symbols and cells of known puzzles. */
  readonly sizes: readonly SetSizes[]
  /** n of its published models. */
  readonly latentUpdates: number
  /** The `data` of a recipe for such puzzles, without files; undefined for other sizes. */
  readonly dataOf: (cells: number) => Data | undefined
  /** [V] names of the symbols. */
  readonly names: (symbols: number) => readonly string[]
}

/** A benchmark of the family in the tables of the paper (arXiv 2510.04871). */
export interface PaperColumn {
  /** As the paper calls it: `Sudoku-Extreme`. */
  readonly benchmark: string
  /** The recipe on which the models of the paper are compared here. */
  readonly base: string
  /** Exact accuracy, 0 to 1, by the row of the paper; rows that it does not have are left out. */
  readonly accuracies: Readonly<Record<string, number>>
}

/** A file that is not a list of boards, and what to do with it. */
export interface ForeignDocument {
  readonly got: string
  readonly hint: string
}

/** Everything that the project knows about one kind of puzzle. */
export interface PuzzleFamily {
  readonly name: string
  readonly grid?: GridFamily
  readonly sources: readonly PuzzleSource[]
  /** The shipped recipes, by name and in the order in which they are listed; their data is of the sources above. */
  readonly recipes?: Readonly<Record<string, RecipeDraft<SourceData>>>
  readonly published?: PublishedModels
  /** What a JSON document of this family is if its puzzles are not grids of one size; undefined for others. */
  readonly document?: (value: unknown) => ForeignDocument | undefined
  /** Undefined: the paper does not use these puzzles. */
  readonly paper?: PaperColumn
}
