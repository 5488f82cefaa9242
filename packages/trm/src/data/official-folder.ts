/**
 * The data folders of the published TRM code: `<split>/dataset.json` and `<split>/<set>__<field>.npy`. P examples,
 * S cells. Puzzle p owns examples puzzleIndices[p] … puzzleIndices[p+1] − 1, group g owns puzzles groupIndices[g] …
 * groupIndices[g+1] − 1. Source: SamsungSAILMontreal/TinyRecursiveModels, dataset/ and puzzle_dataset.py.
 */
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { identifierDigest } from './checksum.ts'
import { readJsonFile } from './json-file.ts'
import { decodeNpy, encodeNpy, npyToInt32 } from './npy.ts'
import { ignoredLabel, type PuzzleSet } from './puzzle-set.ts'

/** Reads a file of the folder by its path inside it, such as `train/dataset.json`. */
export type ReadFolderFile = (name: string) => Promise<Uint8Array>

/** A part of a published folder, by the name of its subfolder. */
export type OfficialSplit = 'train' | 'test'

/** A part of a folder of the published builders. */
export interface OfficialFolder {
  readonly puzzles: PuzzleSet
  /** [groups + 1] first puzzle of every group, then the number of puzzles. */
  readonly groupIndices: Int32Array
  /** [puzzles + 1] first example of every puzzle, then the number of examples. */
  readonly puzzleIndices: Int32Array
}

const fieldNames = ['inputs', 'labels', 'puzzle_identifiers', 'puzzle_indices', 'group_indices'] as const
type FieldName = (typeof fieldNames)[number]

const count = (minimum: number, maximum = 2 ** 31 - 1) => {
  const error = `a whole number from ${minimum} to ${maximum}`
  return z.int({ error }).min(minimum, { error }).max(maximum, { error })
}

/** Keys that later builders add are let through: the arrays decide what is read. */
const datasetFields = z.object(
  {
    pad_id: count(0),
    ignore_label_id: z.int({ error: 'a whole number or null' }).nullable(),
    blank_identifier_id: count(0),
    vocab_size: count(1, 1_000_000),
    seq_len: count(1, 1_000_000),
    num_puzzle_identifiers: count(1),
    total_groups: count(0),
    mean_puzzle_examples: z.number({ error: 'a number' }).min(0, { error: 'a number of at least 0' }),
    total_puzzles: count(0).optional(),
    sets: z
      .array(z.string(), { error: 'a list of set names' })
      .length(1, { error: 'one set, as written by the published builders' }),
  },
  { error: 'an object' },
)

type Dataset = z.infer<typeof datasetFields>

/**
 * Reads and checks one split of a folder; `who` names the folder in errors.
 * @throws InputError if a file is missing, damaged or does not fit the others
 */
export async function readOfficialFolder(
  split: OfficialSplit,
  readFile: ReadFolderFile,
  who: string,
): Promise<OfficialFolder> {
  const describeFile = `${who}/${split}/dataset.json`
  const dataset = await parseDataset(await readFile(`${split}/dataset.json`), describeFile)
  const set = dataset.sets[0]!
  if (!/^[\w-]{1,100}$/.test(set)) {
    throw wrong(describeFile, 'a set name of letters, digits, _ and -', JSON.stringify(set.slice(0, 100)))
  }
  const fileOf = (field: FieldName) => `${split}/${set}__${field}.npy`
  const arrays = new Map<FieldName, { shape: readonly number[]; data: Int32Array }>()
  for (const field of fieldNames) {
    const name = `${who}/${fileOf(field)}`
    const array = decodeNpy(await readFile(fileOf(field)), name)
    arrays.set(field, { shape: array.shape, data: npyToInt32(array, name) })
  }
  const named = (field: FieldName) => ({ ...arrays.get(field)!, who: `${who}/${fileOf(field)}` })

  const cells = dataset.seq_len
  const inputs = named('inputs')
  const examples = checkGrid(inputs, cells)
  checkRange(inputs, 0, dataset.vocab_size - 1)
  const labels = named('labels')
  if (checkGrid(labels, cells) !== examples) {
    throw wrong(labels.who, `${examples} examples, as in inputs`, String(labels.shape[0]))
  }
  const scored = ignoreLabels(labels.data, dataset.ignore_label_id)
  checkRange({ who: labels.who, data: scored }, 0, dataset.vocab_size - 1, ignoredLabel)

  const identifiers = named('puzzle_identifiers')
  checkRange(identifiers, 0, dataset.num_puzzle_identifiers - 1)
  const puzzles = identifiers.data.length
  const puzzleIndices = named('puzzle_indices')
  checkIndices(puzzleIndices, puzzles, examples, 'examples')
  const groupIndices = named('group_indices')
  checkIndices(groupIndices, dataset.total_groups, puzzles, 'puzzles')
  checkCounts(dataset, puzzles, examples, describeFile)

  const digest = await readIdentifierDigest(readFile)
  return {
    puzzles: {
      ...(digest !== null && { identifierDigest: digest }),
      name: `${who}/${split}`,
      count: examples,
      cells,
      symbols: dataset.vocab_size,
      identifiers: dataset.num_puzzle_identifiers,
      inputs: inputs.data,
      labels: scored,
      puzzleIdentifiers: perExample(identifiers.data, puzzleIndices.data, examples),
    },
    groupIndices: groupIndices.data,
    puzzleIndices: puzzleIndices.data,
  }
}

/** Null where the folder does not tell the names: then only their number can be compared. */
async function readIdentifierDigest(readFile: ReadFolderFile): Promise<string | null> {
  try {
    const names: unknown = JSON.parse(new TextDecoder().decode(await readFile('identifiers.json')))
    if (!Array.isArray(names)) return null
    // Names that only count, as `encodeOfficialFolder` writes them, tell nothing.
    const isCount = names.every((name, identifier) => identifier === 0 || name === String(identifier))
    return isCount ? null : identifierDigest(names.map(String))
  } catch {
    return null
  }
}

/** The files of one split, by their path in the folder; every example becomes a puzzle and a group of its own. */
export function encodeOfficialFolder(split: OfficialSplit, puzzles: PuzzleSet): Map<string, Uint8Array> {
  const { count: examples, cells, symbols, identifiers } = puzzles
  const ownIndices = Int32Array.from({ length: examples + 1 }, (_, index) => index)
  const dataset: Required<Dataset> = {
    pad_id: 0,
    ignore_label_id: ignoredLabel,
    blank_identifier_id: 0,
    vocab_size: symbols,
    seq_len: cells,
    num_puzzle_identifiers: identifiers,
    total_groups: examples,
    mean_puzzle_examples: 1,
    total_puzzles: examples,
    sets: ['all'],
  }
  const tokens = (data: Int32Array) => encodeNpy({ dtype: 'int32', shape: [examples, cells], data })
  const indices = (data: Int32Array) => encodeNpy({ dtype: 'int32', shape: [data.length], data })
  const names = Array.from({ length: identifiers }, (_, index) => (index === 0 ? '<blank>' : `${index}`))
  const arrays: Record<FieldName, Uint8Array> = {
    inputs: tokens(puzzles.inputs),
    labels: tokens(puzzles.labels),
    puzzle_identifiers: indices(puzzles.puzzleIdentifiers),
    puzzle_indices: indices(ownIndices),
    group_indices: indices(ownIndices),
  }
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return new Map([
    ['identifiers.json', text(names)],
    [`${split}/dataset.json`, text(dataset)],
    ...fieldNames.map((field): [string, Uint8Array] => [`${split}/all__${field}.npy`, arrays[field]]),
  ])
}

interface Named {
  readonly who: string
  readonly data: Int32Array
}

async function parseDataset(bytes: Uint8Array, who: string): Promise<Dataset> {
  const value = await readJsonFile(bytes, { name: who, hint: rebuild, maxBytes: 2 ** 20 })
  const result = datasetFields.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const key = issue.path.join('.')
  const got = issue.path.length === 0 ? value : (value as Record<PropertyKey, unknown>)[issue.path[0]!]
  throw wrong(
    key === '' ? who : `${who}: ${key}`,
    issue.message,
    JSON.stringify(got)?.slice(0, 80) ?? 'nothing',
  )
}

/** The number of examples of an array [P, S]. */
function checkGrid({ who, shape }: { who: string; shape: readonly number[] }, cells: number): number {
  if (shape.length !== 2 || shape[1] !== cells) {
    throw wrong(who, `the shape [examples, ${cells}] of seq_len ${cells}`, `[${shape}]`)
  }
  return shape[0]!
}

function checkRange({ who, data }: Named, minimum: number, maximum: number, allowed?: number): void {
  const index = data.findIndex((value) => (value < minimum || value > maximum) && value !== allowed)
  if (index >= 0) throw wrong(who, `numbers from ${minimum} to ${maximum}`, `${data[index]} at ${index}`)
}

/** `owners + 1` ascending numbers from 0 to the number of things that are owned. */
function checkIndices({ who, data }: Named, owners: number, owned: number, what: string): void {
  if (data.length !== owners + 1) throw wrong(who, `${owners + 1} numbers`, String(data.length))
  if (data[0] !== 0) throw wrong(who, '0 as the first number', String(data[0]))
  for (let index = 1; index < data.length; index++) {
    if (data[index]! < data[index - 1]!) {
      throw wrong(who, 'ascending numbers', `${data[index]} after ${data[index - 1]} at ${index}`)
    }
  }
  const last = data[data.length - 1]!
  if (last !== owned) throw wrong(who, `${owned} (the ${what}) as the last number`, String(last))
}

function checkCounts(dataset: Dataset, puzzles: number, examples: number, who: string): void {
  if (dataset.total_puzzles !== undefined && dataset.total_puzzles !== puzzles) {
    throw wrong(`${who}: total_puzzles`, `${puzzles}, as in the arrays`, String(dataset.total_puzzles))
  }
  const mean = puzzles === 0 ? dataset.mean_puzzle_examples : examples / puzzles
  // The builders write the quotient in full; a thousandth allows for a shortened one.
  if (Math.abs(mean - dataset.mean_puzzle_examples) > 1e-3 * mean) {
    const got = String(dataset.mean_puzzle_examples)
    throw wrong(`${who}: mean_puzzle_examples`, `${mean}, as in the arrays`, got)
  }
}

function ignoreLabels(labels: Int32Array, ignored: number | null): Int32Array {
  if (ignored === null || ignored === ignoredLabel) return labels
  return labels.map((label) => (label === ignored ? ignoredLabel : label))
}

/** [P] the identifier of the puzzle that owns each example. */
function perExample(identifiers: Int32Array, puzzleIndices: Int32Array, examples: number): Int32Array {
  const spread = new Int32Array(examples)
  identifiers.forEach((identifier, puzzle) => {
    spread.fill(identifier, puzzleIndices[puzzle]!, puzzleIndices[puzzle + 1]!)
  })
  return spread
}

const rebuild = 'The folder is damaged or was written by another builder: rebuild the data set.'

function wrong(who: string, expected: string, got: string): InputError {
  return new InputError({ who, expected, got, hint: rebuild })
}
