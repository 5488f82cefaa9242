/** Runs one test file in a process of its own, and reads what became of its tests. */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'

const recorder = new URL('record-tests.mjs', import.meta.url).href
/** The processes that run now. */
const running = new Set()

/**
 * Returns all that the file printed, how long it took, and one fact for each of its tests: `outcome`, `name`, `file`,
 * `seconds`, and `message` or `reason`. A file that is not done in time, that ends outside of its tests or that has none
 * is a failed test.
 */
export async function runTestFile({ root, file, record, timeoutSeconds }) {
  rmSync(record, { force: true })
  const words = [
    '--import',
    'tsx/esm',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${recorder}`,
    `--test-reporter-destination=${record}`,
    file,
  ]
  const startedMs = performance.now()
  const { output, ending, isOverdue } = await run(words, root, timeoutSeconds)
  const results = readResults(record, root, file)
  const whole = (message) => results.push({ outcome: 'failed', name: 'the whole file', file, message })
  if (isOverdue) whole(`it was not done after ${timeoutSeconds} s, and was ended`)
  else if (ending !== 0 && !results.some(({ outcome }) => outcome === 'failed'))
    whole(`it ended outside its tests, with ${ending} (see above)`)
  else if (results.length === 0) whole('there is no test in it')
  return { output, results, seconds: (performance.now() - startedMs) / 1000 }
}

/** Ends whatever runs. */
export function endAll() {
  for (const child of running) end(child)
}

function run(words, cwd, timeoutSeconds) {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what a hanging file started ends with it.
    const detached = process.platform !== 'win32'
    const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) }
    const child = spawn(process.execPath, words, { cwd, detached, env, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    let output = ''
    let isOverdue = false
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    const timer = setTimeout(() => {
      isOverdue = true
      end(child)
    }, timeoutSeconds * 1000)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ output, ending: signal ?? code, isOverdue })
    })
  })
}

function end(child) {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function readResults(record, root, file) {
  let text = ''
  try {
    text = readFileSync(record, 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  // A process that was ended may have left half a line.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map((facts) => ({ ...facts, file: facts.file === '' ? file : relative(root, facts.file) }))
}
