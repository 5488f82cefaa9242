/** A program as an ONNX file: lowered as traced, for any batch, repeated in a loop, with values in place of inputs. */
export { bindInputs, type HalfTensor } from './bind.ts'
export { lowerForAnyBatch } from './dynamic-batch.ts'
export { type LoweringOptions, lowerToOnnx } from './lower.ts'
export { encodeModel, type OnnxDescription, type OnnxGraph } from './model.ts'
export { type Repetition, repeatGraph } from './repeat.ts'
