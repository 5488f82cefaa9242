/**
 * Traces a function over symbolic tensors to a program, differentiates it in its own graph and runs it. An operation
 * (`ops`) makes a node of the graph and computes nothing; "gradient" in its description is what goes to its operands,
 * g being what came to its result. What opens a device is at /node and /browser, ONNX files at /onnx.
 */
export { gradients } from './autodiff/gradient.ts'
export { InputError } from './errors.ts'
export type { DeviceTensor, Executable, Executor, RunResult } from './executors/executor.ts'
export type { Device } from './executors/ort-session.ts'
export { letMessagesIn } from './executors/pauses.ts'
export { createReferenceExecutor } from './executors/reference/executor.ts'
export type { DisassembledFunction, Instruction } from './executors/wasm/disassemble.ts'
export { createWasmExecutor, type WasmOptions } from './executors/wasm/executor.ts'
export {
  type LivePlace,
  type PlannedMemory,
  type PlannedPlace,
  type PlannedProduct,
  type PlannedProgram,
  type PlannedStep,
  type PlannedValue,
  type SimilarSteps,
  similarSteps,
  type WorkKind,
  workKinds,
} from './executors/wasm/explain.ts'
export { Stopwatch, type TimedProgram } from './executors/wasm/stopwatch.ts'
export type { Tensor } from './graph/operations.ts'
export { type Program, type Tensors, type TensorType, type TensorTypes, trace } from './graph/program.ts'
export {
  type DataType,
  elementCount,
  floatTensor,
  type HostTensor,
  integerTensor,
  type Shape,
  zeroTensor,
} from './graph/types.ts'
export {
  adamAtan2,
  attention,
  binaryCrossEntropy,
  embedding,
  interpolate,
  linear,
  rmsNorm,
  rotary,
  secondMoment,
  signDescent,
  softmax,
  softmaxCrossEntropy,
  stablemaxCrossEntropy,
  stage,
  swiglu,
} from './ops/fused.ts'
export { matmulOperations } from './ops/matmul-operations.ts'
export {
  absolute,
  add,
  and,
  arctangent,
  broadcast,
  cast,
  concatenate,
  constant,
  divide,
  equal,
  exponential,
  filled,
  gatherRows,
  greater,
  greaterOrEqual,
  logarithm,
  matmul,
  maximum,
  multiply,
  negate,
  not,
  type Operand,
  or,
  range,
  reciprocal,
  reduceMaximum,
  reduceMean,
  reduceSum,
  reshape,
  roundToBfloat16,
  scalar,
  scatterAddRows,
  select,
  sigmoid,
  sign,
  slice,
  squareRoot,
  stopGradient,
  subtract,
  sumAll,
  transpose,
} from './ops/primitives.ts'
export { RandomStream } from './random/random-stream.ts'
export { type RunnableProgram, Workspace } from './runtime/workspace.ts'
