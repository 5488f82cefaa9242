import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { InputError } from '@tiny-recursive-models/tensor'
import { openOrtExecutor } from '@tiny-recursive-models/tensor/node'
import { listShippedModels } from '@tiny-recursive-models/trm/node'
import { prepareModel } from './ship/prepare-model.ts'
import { readFinishedRun } from './ship/read-finished-run.ts'
import { writeShippedModels } from './ship/write-shipped-models.ts'

const help = `npm run ship -- RUN... [--commit HASH] [--threads N] [--test FILE --source TEXT]

Makes finished runs of the project's own recipes into shipped models: measures the best weights of each on the
recipe's test set, in float32 and in half precision, with all steps and with early halting; writes the smaller file
where half precision costs no accuracy; then models/index.json and the model card. With no RUN it writes the card anew.

--test    puzzles to measure on, for runs on files: final figures come from others than those that settings were chosen on
--source  of runs on files: what puzzles they were trained and tested on, for the model card
--commit  the revision that trained the runs (default: the one checked out, which must be without changes)`

const { values, positionals: runs } = parseArgs({
  options: {
    commit: { type: 'string' },
    test: { type: 'string' },
    source: { type: 'string' },
    threads: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const commit = runs.length === 0 ? '' : await trainedAt(values.commit)
  const finished = await Promise.all(runs.map(readFinishedRun))
  const executor = await openOrtExecutor({ threads: Number(values.threads) })
  const prepared = []
  for (const run of finished) {
    const ready = await prepareModel(executor, run, commit, (line) => console.log(line), {
      ...(values.test !== undefined && { testFile: values.test }),
      ...(values.source !== undefined && { source: values.source }),
    })
    prepared.push(ready)
    console.log(`${ready.facts.name}: ${ready.facts.precision}, ${ready.facts.bytes} bytes`)
  }
  const folder = fileURLToPath(new URL('../../packages/trm/models/', import.meta.url))
  const models = await writeShippedModels(folder, await listShippedModels(), prepared)
  console.log(`${folder}index.json: ${models.map(({ name }) => name).join(', ')}`)
}

/** The whole hash of the revision that is named, or else of the one that is checked out without changes. */
async function trainedAt(named: string | undefined): Promise<string> {
  if (named === undefined) {
    const changes = await git('status', '--porcelain')
    if (changes !== '') {
      throw new InputError({
        who: 'npm run ship',
        expected: 'a checkout without changes, or --commit HASH',
        got: `${changes.split('\n').length} changed files`,
        hint: 'Commit first, or name the revision that trained the runs.',
      })
    }
  }
  return git('rev-parse', '--verify', '--end-of-options', `${named ?? 'HEAD'}^{commit}`)
}

async function git(...words: readonly string[]): Promise<string> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  try {
    return (await promisify(execFile)('git', words, { cwd })).stdout.trim()
  } catch (error) {
    throw new InputError(
      {
        who: `git ${words.join(' ')}`,
        expected: 'a revision of this repository',
        got: error instanceof Error ? error.message.trim() : String(error),
        hint: 'Name a commit by --commit HASH.',
      },
      { cause: error },
    )
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error)
  process.exitCode = 1
})
