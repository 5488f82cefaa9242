/** What a visit of the built page costs, compressed by brotli: `npm run size -w apps/studio`. Fails above the budget. */
import { readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'

/** Bytes of a page with all that it shares with the others and its workers, without ONNX Runtime and models. */
const budget = 200_000

/** What is fetched by one page alone, or only when it is asked for, by the beginnings of its files' names. */
const parts = { Think: /^Think-/, Train: /^Train-/, Runs: /^Runs-/, 'ARC tasks': /^(ArcBoard|files)-/ }

const folder = new URL('../dist/', import.meta.url)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name))
function groupOf(path) {
  const name = path.replace(/^assets\//, '')
  if (/^ort[.-]/.test(name)) return 'runtime'
  if (name.endsWith('.safetensors')) return 'models'
  return Object.keys(parts).find((part) => parts[part].test(name)) ?? 'shared'
}

const sizes = files.map((name) => {
  const bytes = readFileSync(new URL(name, folder))
  // Models do not compress; quality 9 of the runtime is near what hosts send.
  const packed =
    groupOf(name) === 'models' ? bytes.length : brotli(bytes, groupOf(name) === 'runtime' ? 9 : 11)
  return { name, group: groupOf(name), bytes: bytes.length, packed }
})

function brotli(bytes, quality) {
  return brotliCompressSync(bytes, { params: { 1: quality } }).length
}

const totals = {}
for (const group of ['shared', ...Object.keys(parts), 'runtime', 'models']) {
  const own = sizes.filter((size) => size.group === group).sort((one, other) => other.packed - one.packed)
  totals[group] = own.reduce((sum, { packed }) => sum + packed, 0)
  process.stdout.write(`${group}: ${totals[group].toLocaleString('en')} bytes\n`)
  for (const { name, bytes, packed } of own)
    process.stdout.write(
      `  ${packed.toLocaleString('en').padStart(10)} of ${bytes.toLocaleString('en').padStart(10)}  ${name}\n`,
    )
}
for (const page of ['Think', 'Train', 'Runs']) {
  const total = totals.shared + totals[page]
  const isOver = total > budget
  process.stdout.write(
    `${page} with all it needs: ${total.toLocaleString('en')} of ${budget.toLocaleString('en')} bytes\n`,
  )
  if (isOver) process.exitCode = 1
}
