/**
 * Runs every *.test.ts under packages, apps, bench and testing, one file at a time, and ends with one line of counts:
 *
 *   N passed, N failed[, N skipped]
 *
 * The exit code is 0 only where something ran and nothing failed. Names given as arguments narrow it down: a file is
 * run whose path contains one of them. (Node 20 expands no globs for --test.)
 */
import { spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = process.argv.slice(2)

function* testFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* testFiles(path)
    else if (entry.name.endsWith('.test.ts')) yield relative(root, path)
  }
}

const files = ['packages', 'apps', 'bench', 'testing']
  .flatMap((folder) => [...testFiles(join(root, folder))])
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()

if (files.length === 0) {
  process.stderr.write(`no test file${wanted.length > 0 ? ` has ${wanted.join(' or ')} in its path` : ''}\n`)
  process.stdout.write('0 passed, 0 failed\n')
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'trm-test-'))
const record = join(folder, 'events.jsonl')
try {
  const code = await run([
    '--import',
    'tsx',
    '--test',
    '--test-concurrency=1',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${new URL('record-tests.mjs', import.meta.url).href}`,
    `--test-reporter-destination=${record}`,
    ...files,
  ])
  const { passed, failed, skipped } = await readRecord(record)
  for (const { name, file, reason } of skipped)
    process.stdout.write(`skipped: ${file}: ${name} (${reason})\n`)
  for (const { name, file, message } of failed)
    process.stdout.write(`failed: ${file}: ${name}\n  ${message}\n`)
  const isGood = code === 0 && failed.length === 0 && passed > 0
  if (code !== 0 && failed.length === 0) process.stdout.write(`failed: the test runner ended with ${code}\n`)
  const counts = [`${passed} passed`, `${failed.length} failed`]
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`)
  process.stdout.write(`${counts.join(', ')}\n`)
  process.exitCode = isGood ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    // Ctrl-C reaches the child by itself; this process stays to count and to remove its folder.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(signal ?? code))
  })
}

async function readRecord(path) {
  const [failed, skipped] = [[], []]
  let passed = 0
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { outcome, file, ...rest } = JSON.parse(line)
    const facts = { ...rest, file: relative(root, file) }
    if (outcome === 'passed') passed += 1
    else if (outcome === 'failed') failed.push(facts)
    else skipped.push(facts)
  }
  return { passed, failed, skipped }
}
