import { exportMetadata } from '../checkpoint/import/stored-settings.ts'
import { encodeSafetensors } from '../checkpoint/safetensors.ts'
import type { ExportFormat } from './export-format.ts'
import { stateDict } from './state-dict.ts'

/** The same tensors in safetensors, with all that is needed to build the model in the metadata. */
export const safetensorsFormat: ExportFormat = {
  description: "the same tensors in safetensors, with the recipe in the file's metadata",
  ending: '.safetensors',
  dtypes: ['float32', 'float16', 'bfloat16'],
  encode: ({ model, recipe, step }, { dtype }) => {
    const { cells, symbols, identifiers } = model.config
    const metadata = exportMetadata({ recipe, sizes: { cells, symbols, identifiers }, step })
    return encodeSafetensors(stateDict(model, dtype), metadata)
  },
}
