/** Submissions from the disk: a file, or a folder with a file for every task. */
import { stat } from 'node:fs/promises'
import {
  readSubmission,
  readSubmissionFolder,
  type Submission,
} from '@tiny-recursive-models/trm/evaluate/arc'
import { readDataFile } from '@tiny-recursive-models/trm/node'

export async function readSubmissionAt(path: string): Promise<Submission> {
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false, // reading it says why not
  )
  if (!isFolder) return readSubmission(await readDataFile(path), path)
  return readSubmissionFolder(path, { read: readDataFile, list: readDataFile.list! })
}
