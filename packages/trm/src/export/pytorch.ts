import { encodeTorchFile } from '../checkpoint/torch/write.ts'
import type { ExportFormat } from './export-format.ts'
import { stateDict } from './state-dict.ts'

/** What the published code saves and loads, by `torch.save` and `torch.load`. */
export const pytorchFormat: ExportFormat = {
  description: "a PyTorch state dict under the published code's names",
  ending: '.pt',
  dtypes: ['float32', 'float16', 'bfloat16'],
  encode: ({ model }, { dtype, name }) => encodeTorchFile(stateDict(model, dtype), name),
}
