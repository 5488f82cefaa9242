/** Files of puzzles. */
import { gzipSync, zipSync } from 'fflate'
import { decodeNpy, encodeNpy, type NpyArray, npyToInt32 } from '../../../src/data/npy.ts'
import { encodeOfficialFolder, readOfficialFolder } from '../../../src/data/official-folder.ts'
import { checkPuzzleSet } from '../../../src/data/puzzle-set.ts'
import { mazeBoard } from '../../../src/puzzles/maze/board.ts'
import { formatMaze, formatMazeLine, parseMaze } from '../../../src/puzzles/maze/grid.ts'
import { mazeGrid } from '../../../src/puzzles/maze/grid-family.ts'
import { decodePuzzleArrays, encodePuzzleArrays } from '../../../src/puzzles/reading/arrays.ts'
import { readFileSet, readSample } from '../../../src/puzzles/reading/sample-file.ts'
import { sudokuBoard } from '../../../src/puzzles/sudoku/board.ts'
import { sudokuGrid } from '../../../src/puzzles/sudoku/grid-family.ts'
import type { BoxShape } from '../../../src/puzzles/sudoku/shape.ts'
import { formatSudokuGrid, formatSudokuLine, parseSudoku } from '../../../src/puzzles/sudoku/text.ts'
import {
  checkMazeFile,
  checkSudokuFile,
  generateMazes,
  generatePuzzles,
  mazeSet,
  sudokuSet,
} from '../../puzzles/families.ts'
import { changeJson } from '../json.ts'
import { pick, replaced, textMutations } from '../mutate.ts'
import { fileOf, insist, type StructuredMutation, single, type Target } from '../target.ts'

const boxes = [
  { boxRows: 2, boxColumns: 2 },
  { boxRows: 2, boxColumns: 3 },
] as const

const puzzlesOf = (box: (typeof boxes)[number]) => [...generatePuzzles(box, 4, 1, { minimal: false })]

const csvOf = (box: (typeof boxes)[number]): Uint8Array => {
  const lines = puzzlesOf(box).map(
    ({ question, answer }) => `generated,${formatSudokuLine(question)},${formatSudokuLine(answer)},3`,
  )
  return new TextEncoder().encode(`source,question,answer,rating\n${lines.join('\n')}\n`)
}

const bare = (): Uint8Array =>
  new TextEncoder().encode(
    puzzlesOf(boxes[0])
      .map(({ question }) => formatSudokuLine(question))
      .join('\n'),
  )

async function readSudokus(bytes: Uint8Array): Promise<void> {
  let box: BoxShape = boxes[0]
  for await (const event of checkSudokuFile(bytes, { name: 'file' })) {
    if (event.kind !== 'done') continue
    insist(event.report.valid <= event.report.rows, 'more sound rows than rows')
    box = (event.report.kind?.shape as BoxShape | undefined) ?? box
  }
  const wanted = { family: sudokuGrid, board: sudokuBoard({ puzzle: 'sudoku', shape: box }) }
  const readFile = async () => bytes
  checkPuzzleSet(await readFileSet('file', wanted, readFile))
  const sample = await readSample('file', wanted, { trainCount: 1, validation: 1, seed: 0 }, readFile)
  checkPuzzleSet(sample.train)
  insist(sample.validation.count === 1, 'the sample')
}

export const sudokuCsv: Target = {
  samples: () => [...boxes.map(csvOf), bare()].map(single),
  isText: () => true,
  read: (files) => readSudokus(fileOf(files)),
}

/** Text inside is damaged before it is packed. */
const changePacked: StructuredMutation = (_bytes, random) => {
  // Now and then what unpacks to a thousand times its size.
  if (random.integer(50) === 0) return gzipSync(new Uint8Array(10_000_000).fill(0x2e))
  const text = csvOf(pick(boxes, random))
  return gzipSync(pick(Object.values(textMutations), random)(text, random))
}

export const sudokuGzip: Target = {
  samples: () => boxes.map((box) => single(gzipSync(csvOf(box)))),
  structured: () => [changePacked],
  read: (files) => readSudokus(fileOf(files)),
}

const zipped = (text: Uint8Array, level: 0 | 6 = 6): Uint8Array =>
  zipSync({ 'README.txt': text.subarray(0, 20), 'sudoku.csv': text }, { level })

export const sudokuZip: Target = {
  samples: () => boxes.flatMap((box) => [single(zipped(csvOf(box))), single(zipped(csvOf(box), 0))]),
  structured: () => [
    (_bytes, random) => {
      const text = csvOf(pick(boxes, random))
      return zipped(pick(Object.values(textMutations), random)(text, random), pick([0, 6], random))
    },
  ],
  read: (files) => readSudokus(fileOf(files)),
}

export const sudokuText: Target = {
  samples: () =>
    boxes.flatMap((box) => {
      const [puzzle] = puzzlesOf(box)
      const texts = [formatSudokuLine(puzzle!.question), formatSudokuGrid(box, puzzle!.question)]
      return texts.map((text) => single(new TextEncoder().encode(text)))
    }),
  isText: () => true,
  read: (files) => {
    const { tokens } = parseSudoku(new TextDecoder().decode(fileOf(files)))
    insist([16, 36, 81].includes(tokens.length), 'the cells')
  },
}

const arrays: readonly NpyArray[] = [
  { dtype: 'int32', shape: [2, 3], data: Int32Array.of(1, 2, 3, 4, 5, 6) },
  { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, -1n) },
  { dtype: 'uint8', shape: [0, 4], data: new Uint8Array(0) },
  { dtype: 'float32', shape: [], data: Float32Array.of(1) },
  { dtype: 'bool', shape: [1, 1, 1], data: Uint8Array.of(1) },
]

const descriptions = ['<i4', '<i8', '|u1', '|b1', '<f4', '<i2', '|i1', '>i4', '<f8', '|O', '<U3', '', 'i4']
const lengths = ['0', '1', '2', '3', '6', '-1', '65536', '4294967296', '999999999999999', '1e3', '']

/** A header made of sound and unsound parts, with a length that holds. */
const makeNpyHeader: StructuredMutation = (bytes, random) => {
  const shape = Array.from({ length: random.integer(5) }, () => pick(lengths, random)).join(', ')
  const order = pick(['False', 'False', 'False', 'True', 'None'], random)
  const comma = random.integer(4) === 0 ? '' : ','
  const header = `{'descr': '${pick(descriptions, random)}', 'fortran_order': ${order}, 'shape': (${shape}${comma}), }\n`
  const end = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true)
  const changed = replaced(bytes, 10, end, new TextEncoder().encode(header))
  new DataView(changed.buffer).setUint16(8, header.length, true)
  return changed
}

/** The dictionary of the header as a text, with a length that holds. */
const changeNpyHeader: StructuredMutation = (bytes, random) => {
  const end = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true)
  const header = pick(Object.values(textMutations), random)(bytes.subarray(10, end), random)
  const changed = replaced(bytes, 10, end, header)
  new DataView(changed.buffer).setUint16(8, Math.min(0xffff, header.length), true)
  return changed
}

/** One of the numbers behind the header. */
const changeNumber: StructuredMutation = (bytes, random) => {
  const copy = Uint8Array.from(bytes)
  const start = 10 + new DataView(copy.buffer).getUint16(8, true)
  const place = start + 4 * random.integer(Math.max(1, Math.floor((copy.length - start) / 4)))
  const value = pick([0, 1, 2, 3, 16, 255, 2 ** 31 - 1, -1, -100, -(2 ** 31)], random)
  if (place + 4 <= copy.length) new DataView(copy.buffer).setInt32(place, value, true)
  return copy
}

export const npy: Target = {
  samples: () => arrays.map((array) => single(encodeNpy(array))),
  structured: () => [changeNpyHeader, makeNpyHeader],
  read: (files) => {
    const { dtype, shape, data } = decodeNpy(fileOf(files), 'file')
    insist(data.length === shape.reduce((product, length) => product * length, 1), 'the shape')
    if (dtype !== 'float32') npyToInt32({ dtype, shape, data } as NpyArray, 'file')
  },
}

export const officialFolder: Target = {
  samples: () => boxes.map((box) => encodeOfficialFolder('train', sudokuSet(puzzlesOf(box), box, 'sample'))),
  structured: (name) =>
    name.endsWith('.json') ? [changeJson] : [changeNpyHeader, makeNpyHeader, changeNumber],
  isText: (name) => name.endsWith('.json'),
  read: async (files) => {
    const readFile = async (name: string): Promise<Uint8Array> => files.get(name) ?? new Uint8Array(0)
    const { puzzles } = await readOfficialFolder('train', readFile, 'folder')
    checkPuzzleSet(puzzles)
  },
}

const mazesOf = (size: number) => [
  ...generateMazes(size, 3, 1, { minDensity: 0.1, maxDensity: 0.3, minPath: 3 }),
]

const mazeCsv = (size: number): Uint8Array => {
  const lines = mazesOf(size).map(
    ({ question, answer }) => `made,${formatMazeLine(question)},${formatMazeLine(answer)},3`,
  )
  return new TextEncoder().encode(`source,question,answer,rating\n${lines.join('\n')}\n`)
}

export const mazeFile: Target = {
  samples: () => [4, 5].flatMap((size) => [mazeCsv(size), gzipSync(mazeCsv(size))]).map(single),
  structured: () => [
    (_bytes, random) => gzipSync(pick(Object.values(textMutations), random)(mazeCsv(4), random)),
  ],
  isText: () => true,
  read: async (files) => {
    const bytes = fileOf(files)
    let size = 4
    for await (const event of checkMazeFile(bytes, { name: 'file' })) {
      if (event.kind !== 'done') continue
      insist(event.report.valid <= event.report.rows, 'more sound rows than rows')
      size = (event.report.kind?.size as number | undefined) ?? size
    }
    const wanted = { family: mazeGrid, board: mazeBoard({ puzzle: 'maze', size }) }
    const readFile = async () => bytes
    checkPuzzleSet(await readFileSet('file', wanted, readFile))
    const sample = await readSample('file', wanted, { trainCount: 1, validation: 1, seed: 0 }, readFile)
    insist(sample.train.count === 1 && sample.validation.count === 1, 'the sample')
  },
}

export const mazeText: Target = {
  samples: () =>
    mazesOf(4).flatMap(({ question }) =>
      [formatMazeLine(question), formatMaze(question)].map((text) => single(new TextEncoder().encode(text))),
    ),
  isText: () => true,
  read: (files) => {
    const { size, tokens } = parseMaze(new TextDecoder().decode(fileOf(files)))
    insist(tokens.length === size * size, 'the cells')
  },
}

export const mazeArrays: Target = {
  samples: () => [
    new Map(Object.entries(encodePuzzleArrays(mazeSet(mazesOf(4), { name: 'sample', size: 4 })))),
  ],
  structured: () => [changeNpyHeader, makeNpyHeader, changeNumber, (bytes) => gzipSync(bytes)],
  read: async (files) =>
    checkPuzzleSet(
      await decodePuzzleArrays(
        { inputs: files.get('inputs')!, labels: files.get('labels')! },
        mazeBoard({ puzzle: 'maze', size: 4 }),
        'mazes',
      ),
    ),
}
