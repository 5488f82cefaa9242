import { join } from 'node:path'
import { byteSize, plural } from '@tiny-recursive-models/trm/format'
import {
  downloadFromHub,
  findDownload,
  formatRepository,
  type HubOptions,
  knownDownloads,
  listHubFiles,
  parseHubAddress,
} from '@tiny-recursive-models/trm/node'
import type { Command } from 'commander'
import { interruptedExitCode, onInterrupt } from '../options/interrupt.ts'
import { given, jsonOption } from '../options/options.ts'
import { DownloadDisplay } from '../output/download.ts'
import { prepareFolder } from '../output/files.ts'
import { print, printJson } from '../output/streams.ts'
import { formatTable } from '../output/table.ts'

interface DownloadOptions {
  readonly list?: true
  readonly dataset?: true
  readonly revision?: string
  readonly out?: string
  readonly force?: true
  readonly json?: true
}

/** What is asked for: a repository and files or folders in it. */
interface Wanted extends Pick<HubOptions, 'repo' | 'type'> {
  readonly files: readonly string[]
  /** Where it goes unless something else is said. */
  readonly folder: string
}

export function addDownload(command: Command): void {
  command
    .option('--list', 'list the known names, or the files in a repository')
    .option('--dataset', 'treat the address as a data set, like hf:datasets/OWNER/NAME')
    .option('--revision <name>', 'a branch, a tag or a commit (default: main)')
    .option('--out <folder>', 'folder for the files (default: downloads/NAME)')
    .option('--force', 'overwrite existing files that differ')
    .addOption(jsonOption('print every event as a line of JSON'))
    .addHelpText(
      'after',
      `
HF_ENDPOINT sets another hub, HF_TOKEN an access token for private and gated repositories.

Examples:
  trm download --list
  trm download sudoku-extreme
  trm download trm-sudoku-mlp --list
  trm download hf:sapientinc/HRM-checkpoint-sudoku-extreme --out hrm
  trm download hf:datasets/sapientinc/sudoku-extreme/train.csv`,
    )
    .action(download)
}

async function download(
  what: string | undefined,
  files: readonly string[],
  options: DownloadOptions,
): Promise<void> {
  if (what === undefined) return listKnown(options.json === true)
  const wanted = readWanted(what, files, options.dataset === true)
  const interruption = new AbortController()
  const release = onInterrupt(() => interruption.abort())
  const { repo, type } = wanted
  const hub = { repo, type, ...given('revision', options.revision), signal: interruption.signal }
  try {
    if (options.list) return await listFiles(hub, options.json === true)
    const folder = options.out ?? wanted.folder
    await prepareFolder(folder)
    const display = new DownloadDisplay(options.json === true)
    try {
      const call = { ...hub, files: wanted.files, folder, replace: options.force === true }
      for await (const event of downloadFromHub(call)) {
        display.show(event)
        if (event.type === 'stopped') process.exitCode = interruptedExitCode
      }
    } finally {
      display.end()
    }
  } catch (error) {
    // A list that is left off has nothing to keep and nothing to tell; downloads end with `stopped`.
    if (!options.list || !interruption.signal.aborted) throw error
    process.exitCode = interruptedExitCode
  } finally {
    release()
  }
}

function readWanted(what: string, files: readonly string[], asDataset: boolean): Wanted {
  const isAddress = what.includes(':') || what.includes('/')
  if (!isAddress) {
    const known = findDownload(what)
    const chosen = files.length > 0 ? files : (known.files ?? [])
    return { repo: known.name, type: known.type, files: chosen, folder: join('downloads', what) }
  }
  const { name, type, file } = parseHubAddress(what, asDataset)
  const chosen = [...(file === undefined ? [] : [file]), ...files]
  return { repo: name, type, files: chosen, folder: join('downloads', name.split('/')[1]!) }
}

function listKnown(asJson: boolean): void {
  if (asJson) {
    const known = Object.entries(knownDownloads)
    printJson(known.map(([name, { name: repo, ...rest }]) => ({ name, repo, files: [], ...rest })))
    return
  }
  const rows = Object.entries(knownDownloads).map(([name, known]) => [
    name,
    formatRepository(known),
    known.about,
  ])
  print(formatTable(['name', 'repository', 'description'], rows))
}

async function listFiles(hub: HubOptions, asJson: boolean): Promise<void> {
  const { commit, files } = await listHubFiles(hub)
  if (asJson)
    return printJson({ repository: formatRepository({ type: hub.type, name: hub.repo }), commit, files })
  print(
    formatTable(
      ['file', 'size'],
      files.map(({ path, bytes }) => [printable(path), byteSize(bytes)]),
      [1],
    ),
  )
  print(`${plural(files.length, 'file')} at commit ${commit}`)
}

/** Names come from a stranger: nothing in them may move the cursor. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '�')
