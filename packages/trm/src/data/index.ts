/** Files of puzzles at the level of bytes; what recipes need is at the root (`loadDataSets`). */
export { readJsonFile } from './json-file.ts'
export {
  type OfficialFolder,
  type OfficialSplit,
  type ReadFolderFile,
  readOfficialFolder,
} from './official-folder.ts'
