/** What only Node can do: files, run folders, worker threads. */
export {
  type ExecutorChoice,
  type ExecutorName,
  type ExecutorOptions,
  executorChoices,
  executorNames,
  maxThreads,
  nodeDevices,
  type OnednnFacts,
  onednnFacts,
  onednnVersion,
  openExecutor,
  openOrtExecutor,
} from '@tiny-recursive-models/tensor/node'
export { openArcBallots } from './arc-ballots.ts'
export { type ArcFolderOptions, arcFolderBytes, refuseDataFolder, writeArcFolder } from './arc-folder.ts'
export { dataReaderOf, findDataPath, maxDataBytes, readDataFile } from './data-files.ts'
export {
  chooseExecutor,
  type ExecutorChoiceEvent,
  thinkingWorkload,
  trainingWorkload,
  type Workload,
} from './executor/choose-executor.ts'
export {
  allRememberedSpeeds,
  type RememberedSpeeds,
  type Speeds,
  speedMemoryPath,
} from './executor/speed-memory.ts'
export { type ExportedFile, type ExportModelOptions, exportModel } from './export-model.ts'
export { errorCode, fileError } from './file-errors.ts'
export { openRegularFile, readFileBounded, writeFileAtomically, writePiecesAtomically } from './files.ts'
export {
  downloadFromHub,
  findDownload,
  formatRepository,
  type HubAddress,
  type HubDownloadEvent,
  type HubDownloadOptions,
  type HubFile,
  type HubListing,
  type HubOptions,
  type HubRepository,
  type KnownDownload,
  knownDownloads,
  listHubFiles,
  parseHubAddress,
} from './hub.ts'
export { hubCacheFolder } from './hub-model.ts'
export { type ImportedFile, type ImportFileOptions, importFile } from './import-file.ts'
export { type JoinTrainingOptions, joinTraining } from './join-training.ts'
export { LineTail, type LineTailOptions, type TailRead } from './line-tail.ts'
export { machineFacts } from './machine.ts'
export {
  type CheckpointChoice,
  type OpenedModel,
  openModel,
  openShippedModel,
} from './model-files.ts'
export { type AbiName as MpiFamily, abiNames as mpiFamilies } from './mpi/abi.ts'
export { type Launch, launchOf } from './mpi/launch.ts'
export { findMpi } from './mpi/library.ts'
export { type MpiOptions, MpiRanks, openMpiRanks } from './mpi/mpi-ranks.ts'
export { tryOutputFile, tryOutputFolder } from './outputs.ts'
export { benchPaper, type PaperBenchOptions, type PaperEvent } from './paper/bench-paper.ts'
export type { PaperJob } from './paper/plan.ts'
export type { PaperResults, PaperRow, PaperRun, PaperTable } from './paper/results.ts'
export {
  type PublishEvent,
  type PublishOptions,
  publishModel,
  writePublishedFiles,
} from './publish/publish.ts'
export type { PublishedOptions } from './publish/published-files.ts'
export type { RecordedEvent, RunEvent } from './run-events.ts'
export { createRunFolder, type LatestCheckpoint, openRunFolder, RunFolder, runFiles } from './run-folder.ts'
export { listRuns, type RunEvaluation, type RunProgress, RunSummarizer } from './run-list.ts'
export { type LockState, readLock } from './run-lock.ts'
export { isReport, sampleSet, type TestProgress } from './run-report.ts'
export {
  type RunTrainingEvent,
  type RunTrainingOptions,
  runTraining,
} from './run-training.ts'
export { listShippedModels, shippedModelPath } from './shipped-models.ts'
export type { RunFigures, SpreadFigures } from './sweep/figures.ts'
export type { StoppableStream } from './sweep/merge.ts'
export { type PlannedRun, planSweep, type SweepPlan, shardOf } from './sweep/plan.ts'
export {
  runSweep,
  type SweepEnd,
  type SweepEvent,
  type SweepJob,
  type SweepOptions,
} from './sweep/run-sweep.ts'
export {
  recipeFields,
  type SweepTable,
  type SweepTableRow,
  type SweepTableRun,
  sweepTable,
} from './sweep/table.ts'
export { type Axis, parseAxis } from './sweep/vary.ts'
export { exportRun, runCsv } from './track/export-run.ts'
export { parseTracker, type TrackerChoice, trackerForms, trackerName } from './track/tracker.ts'
export { trainInWorker, type WorkerTraining, type WorkerTrainingOptions } from './train-in-worker.ts'
export { pieceRunnerOf } from './worker-pieces.ts'
export { openWorkerSolver, type WorkerSolver, type WorkerSolverOptions } from './worker-solver.ts'
