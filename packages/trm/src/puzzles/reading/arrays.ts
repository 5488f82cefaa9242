/** Puzzles as the published builders store them: integer arrays [P, S] of tokens, one of questions, one of labels. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressed } from '../../data/bytes.ts'
import { decodeNpy, encodeNpy, npyToInt32 } from '../../data/npy.ts'
import { type OfficialSplit, readOfficialFolder } from '../../data/official-folder.ts'
import { type PuzzleSet, puzzleAt } from '../../data/puzzle-set.ts'
import type { Board } from '../family.ts'
import { boardSet } from '../sets.ts'

export interface PuzzleArrays {
  readonly inputs: Uint8Array
  readonly labels: Uint8Array
}

/** The most bytes that an array may unpack to: 30×30 puzzles by the hundred thousand. */
const maxBytes = 2 ** 28

/** The two .npy files of a set. */
export function encodePuzzleArrays({ count, cells, inputs, labels }: PuzzleSet): PuzzleArrays {
  const encode = (tokens: Int32Array) =>
    encodeNpy({ dtype: 'uint8', shape: [count, cells], data: Uint8Array.from(tokens) })
  return { inputs: encode(inputs), labels: encode(labels) }
}

/**
 * A set from its two .npy files, plain or packed; every puzzle is checked.
 *
 * @param name of the set and, with the number of a puzzle, of error messages
 */
export async function decodePuzzleArrays(
  files: PuzzleArrays,
  board: Board,
  name: string,
): Promise<PuzzleSet> {
  const cells = board.rows * board.columns
  const decode = async (part: keyof PuzzleArrays) => {
    const who = `${name} (${part})`
    const array = decodeNpy(await decompressed(files[part], { name: who, content: 'numbers', maxBytes }), who)
    const { shape, dtype } = array
    if (shape.length !== 2 || shape[1] !== cells || !/^u?int/.test(dtype))
      throw refused(who, `whole numbers [puzzles, ${cells}], for a ${board.title}`, `${dtype} [${shape}]`)
    return { count: shape[0]!, tokens: npyToInt32(array, who) }
  }
  const [inputs, labels] = [await decode('inputs'), await decode('labels')]
  if (labels.count !== inputs.count) {
    const shape = ({ count }: typeof inputs) => `[${count}, ${cells}]`
    throw refused(`${name} (labels)`, `${shape(inputs)}, as in inputs`, shape(labels))
  }
  const puzzles = Array.from({ length: inputs.count }, (_, index) => {
    const question = inputs.tokens.subarray(index * cells, (index + 1) * cells)
    const answer = labels.tokens.subarray(index * cells, (index + 1) * cells)
    const problem = board.mistakes(question)[0] ?? board.rule?.problems(question, answer)[0]
    if (problem) throw refused(`${name}, puzzle ${index}`, `a ${board.title} and its answer`, problem.message)
    return { question, answer }
  })
  return boardSet(board, puzzles, name)
}

/** The puzzles of `…inputs.npy` and of the `…labels.npy` beside it; undefined for other files. */
export async function readArrays(
  path: string,
  { board }: { readonly board: Board },
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<PuzzleSet | undefined> {
  const ending = /inputs(\.npy(?:\.gz)?)$/
  if (!ending.test(path)) return undefined
  const inputs = await readFile(path)
  const labels = await readFile(path.replace(ending, 'labels$1'))
  return decodePuzzleArrays({ inputs, labels }, board, path)
}

/** A part of a folder of the published builders; undefined where the path is no such folder. */
export async function readFolder(
  path: string,
  board: Board,
  readFile: (path: string) => Promise<Uint8Array>,
  part: OfficialSplit,
): Promise<PuzzleSet | undefined> {
  const puzzles = await openFolder(path, readFile, part)
  if (puzzles === undefined) return undefined
  const wanted = { cells: board.rows * board.columns, symbols: board.names.length }
  if (puzzles.cells !== wanted.cells || puzzles.symbols !== wanted.symbols) {
    const sizes = ({ cells, symbols }: typeof wanted) => `${cells} cells and ${symbols} symbols`
    throw refused(`${path}/${part}`, `${sizes(wanted)}, for a ${board.title}`, sizes(puzzles))
  }
  for (let index = 0; index < puzzles.count; index++) {
    const { inputs, labels } = puzzleAt(puzzles, index)
    const problem = board.mistakes(inputs)[0] ?? board.rule?.problems(inputs, labels)[0]
    if (problem)
      throw refused(`${path}/${part}, puzzle ${index}`, `a ${board.title} and its answer`, problem.message)
  }
  return puzzles
}

/** The puzzles of a part as they stand there; undefined where the path is no such folder. */
export async function openFolder(
  path: string,
  readFile: (path: string) => Promise<Uint8Array>,
  part: OfficialSplit,
): Promise<PuzzleSet | undefined> {
  const folder = path.replace(/[/\\]+$/, '')
  const isFolder = await readFile(`${folder}/${part}/dataset.json`).then(
    () => true,
    () => false,
  )
  if (!isFolder) return undefined
  return (await readOfficialFolder(part, (name) => readFile(`${folder}/${name}`), folder)).puzzles
}

function refused(who: string, expected: string, got: string): InputError {
  const hint = 'The file is damaged or of another kind: copy it again, or rebuild the data set.'
  return new InputError({ who, expected, got, hint })
}
