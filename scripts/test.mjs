/**
 * Runs every *.test.ts under packages, apps, bench and testing, and ends with one line of counts:
 *
 *   N passed, N failed[, N skipped]
 *
 * The exit code is 0 only where something ran and nothing failed. Each file runs in a process of its own, one more at
 * once than there are cores, since pages and servers wait (TRM_TEST_JOBS), the slow ones first; one that takes longer than ten minutes
 * (TRM_TEST_TIMEOUT, in seconds) is ended with all that it started and counts as failed. Names given as arguments
 * narrow it down: a file is run whose path contains one of them. `--all` (`npm run test:all`) leaves nothing out of
 * the suites of which only a sample runs else.
 *
 * The packages are built once, as they are published, for the tests that start `trm`, open the page or install the
 * packages: they find them in the folder TRM_TEST_BUILT.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPackages } from './test/build-packages.mjs'
import { endAll, runTestFile } from './test/run-file.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2)
const wanted = words.filter((word) => word !== '--all')
if (words.includes('--all')) process.env.TRM_TEST_ALL = '1'
const jobs = wholeNumber('TRM_TEST_JOBS', availableParallelism() + 1)
const timeoutSeconds = wholeNumber('TRM_TEST_TIMEOUT', 600)

/** What takes longest, so that no core is left alone with it at the end. */
const slow = ['apps/cli/', 'testing/packed', 'bench/test/browser', 'apps/studio/test/e2e']
/** Tests that use the built packages. */
const usesBuilt = ['apps/cli/', 'testing/packed', 'apps/studio/test/e2e']

const isAmong = (parts) => (file) => parts.some((part) => file.includes(part))

function* testFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* testFiles(path)
    else if (entry.name.endsWith('.test.ts')) yield relative(root, path)
  }
}

const isSlow = isAmong(slow)
const files = ['packages', 'apps', 'bench', 'testing']
  .flatMap((folder) => [...testFiles(join(root, folder))])
  .filter((file) => wanted.length === 0 || isAmong(wanted)(file))
  .sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)) || (a < b ? -1 : 1))

if (files.length === 0) {
  process.stderr.write(`no test file${wanted.length > 0 ? ` has ${wanted.join(' or ')} in its path` : ''}\n`)
  process.stdout.write('0 passed, 0 failed\n')
  process.exit(1)
}

mkdirSync(join(root, '.tmp'), { recursive: true })
const folder = mkdtempSync(join(root, '.tmp/test-'))
const outcomes = []
let isEnding = false
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    isEnding = true
    endAll()
  })

try {
  if (files.some(isAmong(usesBuilt))) process.env.TRM_TEST_BUILT = await buildPackages(join(folder, 'built'))
  const left = files.values()
  await Promise.all(Array.from({ length: jobs }, runFrom(left)))
  summarise()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** One of the processes at a time, until no file is left. */
function runFrom(left) {
  return async (_, job) => {
    for (const file of left) {
      if (isEnding) return
      const record = join(folder, `events-${job}.jsonl`)
      const { output, seconds, results } = await runTestFile({ root, file, record, timeoutSeconds })
      const isGood = results.every(({ outcome }) => outcome !== 'failed')
      process.stdout.write(`${file}: ${countsOf(results)} (${seconds.toFixed(1)} s)\n`)
      // What went well is of interest only to whoever asked for it.
      const told = wanted.length > 0 ? output : isGood ? '' : output.replace(/^ *✔ .*\n/gm, '')
      process.stdout.write(told.replace(/^(?=.)/gm, '  '))
      outcomes.push(...results)
    }
  }
}

function summarise() {
  const having = (wish) => outcomes.filter(({ outcome }) => outcome === wish)
  // Where the time went, if much of it did.
  const slowest = outcomes.filter(({ seconds }) => seconds >= 10).sort((a, b) => b.seconds - a.seconds)
  for (const { name, file, seconds } of slowest.slice(0, 20))
    process.stdout.write(`slow: ${file}: ${name} (${seconds.toFixed(1)} s)\n`)
  for (const { name, file, reason } of having('skipped'))
    process.stdout.write(`skipped: ${file}: ${name} (${reason})\n`)
  for (const { name, file, message } of having('failed'))
    process.stdout.write(`failed: ${file}: ${name}\n  ${message}\n`)
  if (isEnding) process.stdout.write('failed: ended before every file had run\n')
  process.stdout.write(`${countsOf(outcomes)}\n`)
  process.exitCode = having('passed').length > 0 && having('failed').length === 0 && !isEnding ? 0 : 1
}

function countsOf(results) {
  const count = (wish) => results.filter(({ outcome }) => outcome === wish).length
  const skipped = count('skipped')
  return `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function wholeNumber(name, otherwise) {
  const text = process.env[name]
  if (text === undefined || text === '') return otherwise
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  process.stderr.write(`${name}: expected a whole number from 1, got ${text}\n`)
  process.exit(2)
}
