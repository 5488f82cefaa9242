/** What only Node can do: files, run folders, worker threads. */
export { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
export { type ArcFolderOptions, arcFolderBytes, writeArcFolder } from './arc-folder.ts'
export { maximumDataBytes, readDataFile } from './data-files.ts'
export { type ExportedFile, type ExportModelOptions, exportModel } from './export-model.ts'
export { readFileBounded, writeFileAtomically } from './files.ts'
export * from './hub.ts'
export { type ImportedFile, type ImportFileOptions, importFile } from './import-file.ts'
export { type MachineFacts, machineFacts, mostThreads } from './machine.ts'
export {
  type CheckpointChoice,
  encodeModelFile,
  modelOfState,
  type OpenedModel,
  openModel,
} from './model-files.ts'
export type { RecordedEvent, RunEvent } from './run-events.ts'
export { createRunFolder, type LatestCheckpoint, openRunFolder, RunFolder, runFiles } from './run-folder.ts'
export { listRuns, type RunStatus, type RunSummary } from './run-list.ts'
export { type RunReport, sampleSet, type TestProgress } from './run-report.ts'
export {
  type RunTrainingEvent,
  type RunTrainingOptions,
  runTraining,
} from './run-training.ts'
export { trainInWorker, type WorkerTraining } from './train-in-worker.ts'
