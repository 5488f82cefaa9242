/** ONNX in the table of formats: a step, and a solver. */
import type { ExportFormat, ExportOptions, ExportSource } from './export-format.ts'
import { exportOnnx } from './onnx.ts'

const dtypes = ['float32', 'float16'] as const

function encode(source: ExportSource, options: ExportOptions, steps?: number): Uint8Array {
  const { model, recipe, step } = source
  const { dtype, withoutPuzzleTable = false, operators = 'onnxruntime' } = options
  return exportOnnx(model, {
    recipe,
    trainedSteps: step,
    dtype: dtype === 'float16' ? dtype : 'float32',
    withoutPuzzleTable,
    operators,
    ...(steps === undefined ? {} : { steps }),
  })
}

export const onnxFormat: ExportFormat = {
  description: 'one supervision step for ONNX Runtime; states go in and out',
  ending: '.onnx',
  dtypes,
  accepts: ['withoutPuzzleTable', 'operators'],
  encode: (source, options) => encode(source, options),
}

export const onnxSolverFormat: ExportFormat = {
  description: 'all supervision steps for ONNX Runtime: puzzles in, answers out',
  ending: '.onnx',
  dtypes,
  accepts: ['withoutPuzzleTable', 'operators', 'steps'],
  encode: (source, options) => encode(source, options, options.steps ?? source.model.config.supervisionSteps),
}
