/** Mazes as the published builder stores them: uint8 arrays [P, S] of tokens, one of questions, one of labels. */
import { InputError } from '@tiny-recursive-models/tensor'
import { decompressed } from '../../data/bytes.ts'
import { decodeNpy, encodeNpy } from '../../data/npy.ts'
import type { PuzzleSet } from '../../data/puzzle-set.ts'
import { checkMazeAnswer, checkMazeQuestion } from './check.ts'
import { mazeSizeOf } from './grid.ts'
import { mazeSet } from './read.ts'

export interface MazeArrays {
  readonly inputs: Uint8Array
  readonly labels: Uint8Array
}

/** The most bytes that an array may unpack to: 30×30 mazes by the hundred thousand. */
const maximumBytes = 2 ** 28

/** The two .npy files of a set of mazes. */
export function encodeMazeArrays({ count, cells, inputs, labels }: PuzzleSet): MazeArrays {
  const encode = (tokens: Int32Array) =>
    encodeNpy({ dtype: 'uint8', shape: [count, cells], data: Uint8Array.from(tokens) })
  return { inputs: encode(inputs), labels: encode(labels) }
}

/**
 * A set of mazes from its two .npy files, plain or gzip; every maze is checked.
 *
 * @param name of the set and, with the number of a maze, of error messages
 */
export async function decodeMazeArrays(files: MazeArrays, name: string): Promise<PuzzleSet> {
  const decode = async (part: keyof MazeArrays) => {
    const who = `${name} (${part})`
    const array = decodeNpy(await decompressed(files[part], { name: who, maximumBytes }), who)
    const size = array.shape.length === 2 ? mazeSizeOf(array.shape[1]!) : undefined
    if (array.dtype !== 'uint8' || size === undefined) {
      throw refused(who, 'uint8 tokens [mazes, N²]', `${array.dtype} [${array.shape}]`)
    }
    return { size, count: array.shape[0]!, tokens: Int32Array.from(array.data) }
  }
  const [inputs, labels] = [await decode('inputs'), await decode('labels')]
  if (labels.tokens.length !== inputs.tokens.length || labels.size !== inputs.size) {
    const shape = ({ count, size }: typeof inputs) => `[${count}, ${size * size}]`
    throw refused(`${name} (labels)`, `${shape(inputs)}, as in inputs`, shape(labels))
  }
  const { size, count } = inputs
  const cells = size * size
  const mazes = Array.from({ length: count }, (_, index) => {
    const question = inputs.tokens.subarray(index * cells, (index + 1) * cells)
    const answer = labels.tokens.subarray(index * cells, (index + 1) * cells)
    const problem = checkMazeQuestion(question)[0] ?? checkMazeAnswer(question, answer)[0]
    if (problem) throw refused(`${name}, maze ${index}`, 'a well-formed maze and its answer', problem.message)
    return { question, answer }
  })
  return mazeSet(mazes, { name, size })
}

function refused(who: string, expected: string, got: string): InputError {
  const hint = 'The file is damaged or of another kind: copy it again, or build the data set anew.'
  return new InputError({ who, expected, got, hint })
}
