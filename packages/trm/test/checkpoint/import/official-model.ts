/** Models as the published code stores them, made on the spot. */
import { officialPrefix, toOfficialName } from '../../../src/checkpoint/official-names.ts'
import type { StoredTensor } from '../../../src/checkpoint/stored-tensor.ts'
import type { ModelConfig } from '../../../src/models/config.ts'
import { weightTypes } from '../../../src/models/weights.ts'

/** TRM-Att for 9×9 Sudoku as published, but narrow. */
export const attention: ModelConfig = {
  kind: 'trm',
  nets: 'shared',
  gradient: 'recursion',
  continueLoss: false,
  width: 32,
  heads: 8,
  expansion: 4,
  blocks: 2,
  mixer: 'attention',
  positions: 'rotary',
  prefixTokens: 16,
  puzzleEmbeddingWidth: 32,
  recursions: 3,
  latentUpdates: 6,
  supervisionSteps: 16,
  exploration: 0.1,
  precision: 'float32',
  cells: 81,
  symbols: 11,
  identifiers: 1,
}

export const mlp: ModelConfig = { ...attention, mixer: 'mlp', positions: 'none' }

/** HRM as published, but narrow: a prefix of ceil(32 / 32) tokens. */
export const hierarchical: ModelConfig = {
  ...attention,
  nets: 'separate',
  gradient: 'one-step',
  continueLoss: true,
  blocks: 4,
  prefixTokens: 0,
  recursions: 2,
  latentUpdates: 2,
}

/** Its state dict with weights that count up; the puzzle table has zeros but in the second row. */
export function officialTensors(config: ModelConfig, prefix = officialPrefix): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>()
  for (const [name, { shape }] of Object.entries(weightTypes(config))) {
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
    for (let index = 0; index < data.length; index++) data[index] = (index % 1_000) / 1_000
    tensors.set(prefix + toOfficialName(name), { dtype: 'float32', shape, data })
  }
  const { identifiers, puzzleEmbeddingWidth: width } = config
  if (width > 0) {
    const data = new Float32Array(identifiers * width)
    data.fill(0.5, width, 2 * width)
    const shape = [identifiers, width]
    tensors.set(prefix + toOfficialName('puzzleTable'), { dtype: 'float32', shape, data })
  }
  return tensors
}
