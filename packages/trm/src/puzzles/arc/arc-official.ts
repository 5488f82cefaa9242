/**
 * An ARC build as a data folder of the published code: the files of dataset/build_arc_dataset.py, each a sequence of
 * pieces, because a full set has 6.5 GB of tokens.
 */
import { RandomStream } from '@tiny-recursive-models/tensor'
import { npyHeader } from '../../data/npy.ts'
import type { OfficialSplit } from '../../data/official-folder.ts'
import { drawOffset } from './arc-stream.ts'
import { applyTransform, unpackTransform } from './augment.ts'
import type { ArcBuild } from './build.ts'
import { arcSymbols, noOffset, writeGrid } from './encode.ts'
import { type Grid, gridToJson } from './grid.ts'
import type { ArcPair } from './task.ts'
import { arcIdentifierNames, arcVersionName } from './versions.ts'

export interface OfficialFile {
  /** Inside the folder. */
  readonly path: string
  readonly bytes: number
  /** A piece is overwritten when the next is asked for. */
  readonly pieces: () => Iterable<Uint8Array>
}

/** Examples in one piece of a token array. */
const examplesPerPiece = 512
/** Numbers in one piece of an index array. */
const numbersPerPiece = 65_536
/** An output that nobody knows, as the published builder fills it in. */
const unknownOutput: Grid = { rows: 1, columns: 1, colours: Uint8Array.of(0) }

/** One split: every task with its pairs. */
interface Split {
  readonly name: OfficialSplit
  readonly build: ArcBuild
  /** Numbers of the tasks; each is a group, each of its versions a puzzle. */
  readonly tasks: readonly number[]
  readonly pairsOf: (task: number) => readonly ArcPair[]
  readonly puzzles: number
  readonly examples: number
}

/** All files of the folder; what says that a split is complete comes last. */
export function arcOfficialFiles(build: ArcBuild): readonly OfficialFile[] {
  const { tasks, trainingPairs, test, options } = build
  const train = split(build, 'train', [...tasks.keys()], (task) => trainingPairs[task]!)
  const testTasks = tasks.flatMap(({ subset }, task) => (subset === options.testSubset ? [task] : []))
  const held = split(build, 'test', testTasks, (task) =>
    tasks[task]!.test.map(({ input, output }) => ({ input, output: output ?? unknownOutput })),
  )
  const testPuzzles = JSON.stringify(
    Object.fromEntries(
      test.tasks.map(({ id, train, test }) => [id, { train: train.map(pairJson), test: test.map(pairJson) }]),
    ),
  )
  return [
    ...arrayFiles(train),
    ...arrayFiles(held),
    textFile('test_puzzles.json', testPuzzles),
    identifiersFile(build),
    datasetFile(train),
    datasetFile(held),
  ]
}

function split(
  build: ArcBuild,
  name: OfficialSplit,
  tasks: readonly number[],
  pairsOf: Split['pairsOf'],
): Split {
  let [puzzles, examples] = [0, 0]
  for (const task of tasks) {
    puzzles += build.versions.count(task)
    examples += build.versions.count(task) * pairsOf(task).length
  }
  return { name, build, tasks, pairsOf, puzzles, examples }
}

function arrayFiles(part: Split): OfficialFile[] {
  const { name, examples, puzzles, tasks, build } = part
  const tokens = (field: 'inputs' | 'labels'): OfficialFile => {
    const cells = build.options.canvas ** 2
    const header = npyHeader('uint8', [examples, cells])
    return {
      path: `${name}/all__${field}.npy`,
      bytes: header.length + examples * cells,
      pieces: () => tokenPieces(part, field, header),
    }
  }
  const numbers = (field: string, count: number, values: () => Iterable<number>): OfficialFile => {
    const header = npyHeader('int32', [count])
    return {
      path: `${name}/all__${field}.npy`,
      bytes: header.length + 4 * count,
      pieces: () => numberPieces(header, values()),
    }
  }
  return [
    tokens('inputs'),
    tokens('labels'),
    numbers('puzzle_identifiers', puzzles, () => identifiersOf(part)),
    numbers('puzzle_indices', puzzles + 1, () => puzzleIndices(part)),
    numbers('group_indices', tasks.length + 1, () => groupIndices(part)),
  ]
}

function* identifiersOf({ build: { versions }, tasks }: Split): Generator<number> {
  for (const task of tasks)
    for (let version = 0; version < versions.count(task); version++) yield versions.identifier(task, version)
}

function* puzzleIndices({ build: { versions }, tasks, pairsOf }: Split): Generator<number> {
  let end = 0
  yield end
  for (const task of tasks) {
    for (let version = 0; version < versions.count(task); version++) {
      end += pairsOf(task).length
      yield end
    }
  }
}

function* groupIndices({ build: { versions }, tasks }: Split): Generator<number> {
  let end = 0
  yield end
  for (const task of tasks) {
    end += versions.count(task)
    yield end
  }
}

/** The tokens of every example. In training one example of a puzzle stands in the corner, the others anywhere. */
function* tokenPieces(
  { name, build, tasks, pairsOf }: Split,
  field: 'inputs' | 'labels',
  header: Uint8Array,
): Generator<Uint8Array> {
  const { versions, options } = build
  const { canvas, seed } = options
  const cells = canvas * canvas
  const piece = new Uint8Array(examplesPerPiece * cells)
  let filled = 0
  yield header
  for (const task of tasks) {
    const { id } = build.tasks[task]!
    const pairs = pairsOf(task)
    // Inputs and labels are written one after the other: both draw the same places.
    const random = new RandomStream(seed, 'arc', 'places', id)
    for (let version = 0; version < versions.count(task); version++) {
      const transform = unpackTransform(versions.packed[versions.identifier(task, version)]!)
      const unmoved = name === 'train' ? random.integer(pairs.length) : 0
      for (const [index, pair] of pairs.entries()) {
        const input = applyTransform(transform, pair.input)
        const output = applyTransform(transform, pair.output)
        const moves = name === 'train' && index !== unmoved
        const offset = moves ? drawOffset({ input, output }, canvas, random) : noOffset
        writeGrid(field === 'inputs' ? input : output, canvas, offset, piece, filled * cells)
        filled += 1
        if (filled < examplesPerPiece) continue
        yield piece
        filled = 0
      }
    }
  }
  if (filled > 0) yield piece.subarray(0, filled * cells)
}

function* numberPieces(header: Uint8Array, values: Iterable<number>): Generator<Uint8Array> {
  yield header
  // NumPy's int32 here is little endian, whatever this machine is.
  const piece = new DataView(new ArrayBuffer(4 * numbersPerPiece))
  let filled = 0
  for (const value of values) {
    piece.setInt32(4 * filled, value, true)
    filled += 1
    if (filled < numbersPerPiece) continue
    yield new Uint8Array(piece.buffer)
    filled = 0
  }
  if (filled > 0) yield new Uint8Array(piece.buffer, 0, 4 * filled)
}

/** The name of every identifier, of which a full set has 25 MB. */
function identifiersFile({ tasks, versions }: ArcBuild): OfficialFile {
  const encoder = new TextEncoder()
  // Each name stands in quotes behind a bracket or a comma; ids are ASCII, and all augmented names of a task have one
  // length.
  let bytes = '["<blank>"]'.length
  tasks.forEach((_, task) => {
    bytes += arcVersionName(tasks, versions, task, 0).length + 3
    const augmented = versions.count(task) - 1
    if (augmented > 0) bytes += augmented * (arcVersionName(tasks, versions, task, 1).length + 3)
  })
  function* pieces(): Generator<Uint8Array> {
    let text = ''
    let before = '['
    for (const name of arcIdentifierNames(tasks, versions)) {
      text += `${before}"${name}"`
      before = ','
      if (text.length < 65_536) continue
      yield encoder.encode(text)
      text = ''
    }
    yield encoder.encode(`${text}]`)
  }
  return { path: 'identifiers.json', bytes, pieces }
}

function datasetFile({ name, build, tasks, puzzles, examples }: Split): OfficialFile {
  const dataset = {
    seq_len: build.options.canvas ** 2,
    vocab_size: arcSymbols,
    pad_id: 0,
    ignore_label_id: 0,
    blank_identifier_id: 0,
    num_puzzle_identifiers: build.versions.identifiers,
    total_groups: tasks.length,
    mean_puzzle_examples: examples / puzzles,
    total_puzzles: puzzles,
    sets: ['all'],
  }
  return textFile(`${name}/dataset.json`, JSON.stringify(dataset))
}

function textFile(path: string, text: string): OfficialFile {
  const bytes = new TextEncoder().encode(text)
  return { path, bytes: bytes.length, pieces: () => [bytes] }
}

const pairJson = ({ input, output }: { readonly input: Grid; readonly output: Grid | null }) => ({
  input: gridToJson(input),
  ...(output && { output: gridToJson(output) }),
})
