/** `npm run fuzz`: 10,000 damaged files of every kind, each of which must be refused in words or read soundly. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeCase, samplesOf } from './cases.ts'
import { fuzz } from './run.ts'
import { targets } from './targets.ts'

const help = `npm run fuzz -- [--seed N] [--cases N] [--from N] [--case N [--save FOLDER]] [--timeout SECONDS] [--clock SECONDS]
    [--memory MIB]

Changes small valid files of every kind that the library reads, and reads them in a child process: the answer must
be an error for people (InputError) or a value that holds together, never a crash, a hang or more memory than
allowed. --timeout is processor time, so that a busy machine is no fault; --clock is for what sleeps for ever, ten
times as long unless told (and the only limit where there is no /proc). Case N of a seed is always the same; --case runs one alone, --save writes its files.`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    case: { type: 'string' },
    save: { type: 'string' },
    timeout: { type: 'string', default: '30' },
    clock: { type: 'string' },
    memory: { type: 'string', default: '1024' },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  if (values.help) return console.log(help)
  const seed = Number(values.seed)
  const from = Number(values.case ?? values.from)
  const to = from + (values.case === undefined ? Number(values.cases) : 1)
  if (values.case !== undefined) await describeCase(seed, from)
  const startedMs = performance.now()
  const report = await fuzz({
    targetsModule: new URL('./targets.ts', import.meta.url).href,
    seed,
    from,
    to,
    limits: {
      processorMs: 1000 * Number(values.timeout),
      clockMs: 1000 * Number(values.clock ?? 10 * Number(values.timeout)),
    },
    maxMebibytes: Number(values.memory),
    onCase: (done) => {
      if (process.stderr.isTTY && done % 100 === 0) process.stderr.write(`\r${done - from} of ${to - from} `)
      else if (done % 1_000 === 0) console.error(`${done - from} of ${to - from}`)
    },
  })
  for (const [kind, { read, refused }] of Object.entries(report.counts))
    console.log(`${kind.padEnd(20)} ${String(read).padStart(6)} read ${String(refused).padStart(6)} refused`)
  for (const { number, kind, reason } of report.failures) {
    console.log(`case ${number} ${kind}: ${reason}`)
    console.log(`  again: npm run fuzz -- --seed ${seed} --case ${number}`)
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
  const { cases, failures, peakMebibytes, slowestMs } = report
  console.log(
    `${cases} cases of seed ${seed} in ${seconds} s: ${failures.length} faults, peak ${Math.round(peakMebibytes)} MiB, slowest case ${Math.round(slowestMs)} ms of processor time`,
  )
  if (failures.length > 0) process.exitCode = 1
}

async function describeCase(seed: number, number: number): Promise<void> {
  const { kind, files, changes } = makeCase(targets, await samplesOf(targets), seed, number)
  console.log(`case ${number} of seed ${seed}: ${kind}; ${changes.join(', ')}`)
  if (values.save === undefined) return
  mkdirSync(values.save, { recursive: true })
  for (const [name, bytes] of files) {
    const path = join(values.save, name.replaceAll('/', '_'))
    writeFileSync(path, bytes)
    console.log(`  ${path}: ${bytes.length} bytes`)
  }
}

await main()
