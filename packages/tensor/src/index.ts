export { gradients } from './autodiff/gradient.ts'
export { InputError } from './errors.ts'
export type { DeviceTensor, Executable, Executor, RunResult } from './executors/executor.ts'
export { createOrtExecutor, type Device, type OnnxRuntime, type OrtOptions } from './executors/ort.ts'
export { createReferenceExecutor } from './executors/reference/executor.ts'
export type { Fused, Node, Operation, Primitive, Tensor } from './graph/operations.ts'
export { nodesOf, type Program, type TensorType, trace } from './graph/program.ts'
export {
  type DataType,
  elementCount,
  floatTensor,
  formatShape,
  type HostTensor,
  integerTensor,
  type Shape,
  sameShape,
} from './graph/types.ts'
export { bindInputs, type HalfTensor } from './onnx/bind.ts'
export { lowerForAnyBatch } from './onnx/dynamic-batch.ts'
export { lowerToOnnx } from './onnx/lower.ts'
export { encodeModel, type OnnxDescription, type OnnxGraph } from './onnx/model.ts'
export { type Repetition, repeatGraph } from './onnx/repeat.ts'
export * from './ops/fused.ts'
export { matmulOperations } from './ops/matmul-operations.ts'
export * from './ops/primitives.ts'
export { expandProgram, simplifyProgram } from './ops/rewrite.ts'
export { RandomStream } from './random/random-stream.ts'
export { Machine, type RunnableProgram } from './runtime/machine.ts'
