/**
 * What a visit of the built page costs, compressed by Brotli: `npm run size -w apps/studio`. Fails above the budget.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'

/** Bytes of a page with all that it shares with the others, its workers and, for Think, the model that thinks first. */
const budget = 320_000

/** What is fetched by one page alone, or only when it is asked for, by the beginnings of its files' names. */
const parts = {
  Think: /^(Think-|sudoku-6x6-)/,
  Train: /^Train-/,
  Runs: /^Runs-/,
  'ARC tasks': /^(ArcBoard|files|arc-files)-/,
}

const folder = new URL('../dist/', import.meta.url)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.\w+$/.test(name) && !/\.(br|gz)$/.test(name),
)
function groupOf(path) {
  const name = path.replace(/^assets\//, '')
  if (/^ort[.-]/.test(name)) return 'ONNX Runtime'
  const page = Object.keys(parts).find((part) => parts[part].test(name))
  return page ?? (name.endsWith('.safetensors') ? 'other models' : 'shared')
}

const sizes = files.map((name) => {
  const bytes = readFileSync(new URL(name, folder))
  // Quality 5 of the runtime is near what hosts send, and takes a tenth of the time.
  const packed = brotli(bytes, groupOf(name) === 'ONNX Runtime' ? 5 : 10)
  return { name, group: groupOf(name), bytes: bytes.length, packed }
})

function brotli(bytes, quality) {
  return brotliCompressSync(bytes, { params: { 1: quality } }).length
}

const totals = {}
for (const group of ['shared', ...Object.keys(parts), 'ONNX Runtime', 'other models']) {
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
