/** A model as a file of other programs. */
export {
  type ExportFormat,
  type ExportFormatName,
  type ExportOptions,
  type ExportSource,
  type ExportType,
  exportFormatNames,
  exportFormats,
  type FormatOption,
  formatOfName,
} from './formats.ts'
