/** A model as a file of other programs. */
export type { ExportFormat, ExportOptions, ExportSource, ExportType, FormatOption } from './export-format.ts'
export { type ExportFormatName, exportFormatNames, exportFormats, formatOfName } from './formats.ts'
