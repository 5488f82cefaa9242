/** A trained model as an ONNX file that needs nothing but ONNX Runtime. */

import { floatTensor, type HostTensor, InputError } from '@tiny-recursive-models/tensor'
import {
  bindInputs,
  encodeModel,
  type HalfTensor,
  lowerForAnyBatch,
  type Repetition,
  repeatGraph,
} from '@tiny-recursive-models/tensor/onnx'
import { roundToFloat16 } from '../checkpoint/round.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { byteSize } from '../format/index.ts'
import { comparesScores, type ModelConfig, stateNames } from '../models/config.ts'
import { weightTypes } from '../models/weights.ts'
import { describeOnnx } from './describe-onnx.ts'
import type { OnnxDtype, OnnxOptions } from './onnx-options.ts'
import {
  type PuzzleSource,
  placesInput,
  stateInput,
  stateOutput,
  tableInput,
  traceExportedStep,
  weightInput,
} from './programs.ts'

/** A protobuf message ends below 2 GiB; some readers count with a sign. */
const maxBytes = 2 ** 31 - 1
/** For operators, names and metadata: far more than they need. */
const bytesBesideTensors = 2 ** 24

const maxSteps = 4096

/**
 * The file. Its inputs and outputs are described in docs/export.md and inside the file; the batch is dynamic, weights
 * and start states are inside.
 *
 * @throws InputError where the file would be larger than ONNX allows
 */
export function exportOnnx(model: TrainedModel, options: OnnxOptions): Uint8Array {
  const { steps, operators = 'onnxruntime', dtype = 'float32' } = options
  checkSteps(steps)
  const { config } = model
  const source = puzzleSource(model, options.withoutPuzzleTable === true)
  checkSize(model, source, dtype)
  const step = lowerForAnyBatch((batch) => traceExportedStep(config, source, batch), {
    operators,
    nameOutput: (name) => name,
  })
  const graph = steps === undefined ? step : repeatGraph(step, repetitionOf(config, steps))
  return encodeModel(bindInputs(graph, fileTensors(model, source, dtype)), describeOnnx(model, options))
}

/** States go round, halting scores are kept of every step, the answer of the last. */
function repetitionOf(config: ModelConfig, times: number): Repetition {
  return {
    times,
    carried: Object.fromEntries(stateNames(config).map((name) => [stateInput(name), stateOutput(name)])),
    first: 'reset',
    last: ['answer', 'logits'],
    all: ['halt_logits', ...(comparesScores(config) ? ['continue_logits'] : []), 'halted'],
  }
}

function puzzleSource({ config, puzzleTable }: TrainedModel, withoutTable: boolean): PuzzleSource {
  if (config.puzzleEmbeddingWidth === 0) return { kind: 'none' }
  if (withoutTable) return { kind: 'input' }
  return puzzleTable.used === config.identifiers
    ? { kind: 'table', rows: config.identifiers }
    : { kind: 'used rows', rows: puzzleTable.used + 1 }
}

function fileTensors({ config, weights, puzzleTable }: TrainedModel, source: PuzzleSource, dtype: OnnxDtype) {
  const stored = ({ shape, data }: HostTensor): HostTensor | HalfTensor =>
    dtype === 'float32'
      ? floatTensor(shape, data)
      : { dtype: 'float16', shape, data: roundToFloat16(data as Float32Array) }
  const tensors: Record<string, HostTensor | HalfTensor> = {}
  for (const name of Object.keys(weightTypes(config))) tensors[weightInput(name)] = stored(weights[name]!)
  if (source.kind === 'none' || source.kind === 'input') return tensors
  const width = config.puzzleEmbeddingWidth
  const { identifiers, rows } = puzzleTable.stored()
  if (source.kind === 'table') {
    tensors[tableInput] = stored(floatTensor([identifiers.length, width], rows))
    return tensors
  }
  const { table, places } = usedRows(config.identifiers, width, identifiers, rows)
  tensors[tableInput] = stored(table)
  tensors[placesInput] = places // exact: they count rows
  return tensors
}

/** The row of an identifier that was never trained is the first one, which is 0. */
function usedRows(count: number, width: number, identifiers: Int32Array, rows: Float32Array) {
  const withZeros = new Float32Array(width + rows.length)
  withZeros.set(rows, width)
  const places = new Float32Array(count)
  identifiers.forEach((identifier, index) => {
    places[identifier] = index + 1
  })
  const table = floatTensor([identifiers.length + 1, width], withZeros)
  return { table, places: floatTensor([count, 1], places) }
}

function checkSteps(steps: number | undefined): void {
  if (steps === undefined || (Number.isInteger(steps) && steps >= 1 && steps <= maxSteps)) return
  throw new InputError({
    who: 'ONNX export, steps',
    expected: `a whole number from 1 to ${maxSteps}`,
    got: String(steps),
    hint: 'Leave it out to export a single step, which can be run as often as needed.',
  })
}

/** Before anything large is made. */
function checkSize({ config, puzzleTable }: TrainedModel, source: PuzzleSource, dtype: OnnxDtype): void {
  const numbers = Object.values(weightTypes(config)).reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  )
  const inFile = source.kind === 'table' || source.kind === 'used rows'
  const bytesOf = (count: number) => count * (dtype === 'float32' ? 4 : 2)
  const ofTable = inFile ? bytesOf(source.rows * config.puzzleEmbeddingWidth) + 4 * config.identifiers : 0
  const others = bytesOf(numbers) + bytesBesideTensors
  const bytes = others + ofTable
  if (bytes <= maxBytes) return
  throw new InputError({
    who: 'ONNX export',
    expected: `a file below ${byteSize(maxBytes)}, the most that ONNX allows`,
    got: inFile
      ? `${byteSize(bytes)}, of which ${byteSize(ofTable)} are embeddings of ${puzzleTable.used} puzzles`
      : byteSize(bytes),
    hint:
      inFile && others <= maxBytes
        ? 'Leave the puzzle table out (`withoutPuzzleTable: true`): the rows are then an input.'
        : 'Export to safetensors instead.',
  })
}
