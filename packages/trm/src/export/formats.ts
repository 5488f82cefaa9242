/** The formats that a model can be written in, one file each. A new one needs an entry here and nothing else. */
import type { ExportFormat } from './export-format.ts'
import { onnxFormat, onnxSolverFormat } from './onnx-formats.ts'
import { pytorchFormat } from './pytorch.ts'
import { safetensorsFormat } from './safetensors.ts'

/** All export formats by name. */
export const exportFormats = {
  safetensors: safetensorsFormat,
  pt: pytorchFormat,
  onnx: onnxFormat,
  'onnx-solver': onnxSolverFormat,
} satisfies Readonly<Record<string, ExportFormat>>

/** The name of an export format. */
export type ExportFormatName = keyof typeof exportFormats

/** The names of all export formats. */
export const exportFormatNames = Object.keys(exportFormats) as ExportFormatName[]

/** The first format that a file's name ends with, or null. */
export function formatOfName(file: string): ExportFormatName | null {
  return exportFormatNames.find((name) => file.toLowerCase().endsWith(exportFormats[name].ending)) ?? null
}
