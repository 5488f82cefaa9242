import { officialPrefix, toOfficialName } from '../checkpoint/official-names.ts'
import { isBfloat16, roundToBfloat16, roundToFloat16 } from '../checkpoint/round.ts'
import type { StoredTensor } from '../checkpoint/stored-tensor.ts'
import { puzzleTableName } from '../checkpoint/training-state.ts'
import type { TrainedModel } from '../evaluate/thinker.ts'
import { stateNames } from '../models/config.ts'
import { startVector } from '../models/weight-tree.ts'
import type { ExportType } from './export-format.ts'
import { refuseStructured } from './refuse-structured.ts'

/**
 * The weights under the names of the published code, as its `state_dict` of a compiled model has them. Start vectors
 * are bfloat16 there; here too where that loses nothing, and otherwise of the type of all others.
 */
export function stateDict(model: TrainedModel, dtype: ExportType): Map<string, StoredTensor> {
  refuseStructured(model, "a state dict of the published code's names")
  const { config, weights, puzzleTable } = model
  const starts = new Set(stateNames(config).map(startVector))
  const tensors = new Map<string, StoredTensor>()
  const put = (name: string, shape: readonly number[], data: Float32Array) => {
    const isStart = starts.has(name) && isBfloat16(data)
    const official = `${officialPrefix}${toOfficialName(name)}`
    tensors.set(official, roundTo(isStart ? 'bfloat16' : dtype, shape, data))
  }
  for (const [name, { shape, data }] of Object.entries(weights)) put(name, shape, data as Float32Array)
  if (config.puzzleEmbeddingWidth > 0) {
    const { identifiers, width } = puzzleTable
    const every = Int32Array.from({ length: identifiers }, (_, identifier) => identifier)
    put(puzzleTableName, [identifiers, width], puzzleTable.gather(every))
  }
  return tensors
}

function roundTo(dtype: ExportType, shape: readonly number[], data: Float32Array): StoredTensor {
  if (dtype === 'bfloat16') return { dtype, shape, data: roundToBfloat16(data) }
  if (dtype === 'float16') return { dtype, shape, data: roundToFloat16(data) }
  return { dtype, shape, data }
}
