/** `npm run fuzz -- --programs N`: random programs on the executor of our own against the reference (testing/fuzz.ts). */
import { parseArgs } from 'node:util'
import { openFuzzedExecutors } from './executors.ts'
import { fuzzPrograms } from './run.ts'

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    program: { type: 'string' },
    operations: { type: 'boolean', default: false },
  },
})

const whole = (name: 'programs' | 'seed' | 'from' | 'program', text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  console.error(`--${name}: expected a whole number, got ${JSON.stringify(text)}`)
  process.exit(2)
}

const seed = whole('seed', values.seed)
const from = whole(values.program === undefined ? 'from' : 'program', values.program ?? values.from)
const to = values.program === undefined ? from + whole('programs', values.programs) : from + 1
const executors = await openFuzzedExecutors()
const startedMs = performance.now()
let shownMs = startedMs
const report = await fuzzPrograms({
  executors,
  seed,
  from,
  to,
  onProgram: (done) => {
    if (performance.now() - shownMs < (process.stderr.isTTY ? 500 : 10_000)) return
    shownMs = performance.now()
    process.stderr.write(
      process.stderr.isTTY ? `\r${done - from} of ${to - from} ` : `${done - from} of ${to - from}\n`,
    )
  },
})
for (const { number, executor, fault, text } of report.faults) {
  console.log(`\nprogram ${number} on ${executor}: ${fault}\n${text}`)
  console.log(`again: npm run fuzz -- --seed ${seed} --program ${number}`)
}
if (values.operations)
  for (const [operation, count] of [...report.operations].sort((a, b) => b[1] - a[1]))
    console.log(`${operation.padEnd(24)} ${String(count).padStart(8)}`)
const { programs, numbers, vague, faults } = report
console.log(
  `${programs} programs of seed ${seed} on ${[...executors.keys()].join(', ')} in ${((performance.now() - startedMs) / 1000).toFixed(0)} s: ${faults.length} faults; ${numbers.toLocaleString('en-US')} numbers compared, ${((100 * vague) / Math.max(1, numbers)).toFixed(2)} % of them beyond comparison`,
)
if (faults.length > 0) process.exitCode = 1
