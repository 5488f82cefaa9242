/** A rank of mpi-ranks.test.ts: does what it is told, and rank 0 prints what came of it as JSON. */
import { openMpiRanks } from '../../src/node/mpi/mpi-ranks.ts'

const [task = 'exchange', timeout = '60'] = process.argv.slice(2)
const ranks = await openMpiRanks({ timeoutSeconds: Number(timeout) })
const { rank, size } = ranks
try {
  if (task === 'exchange') await exchange()
  else if (task === 'silent') await silence()
  else await work()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  ranks.abort(3)
}
await ranks.close()

async function exchange(): Promise<void> {
  const sum = ranks.openSum(100_003)
  // Not whole: what is added in another order differs.
  for (let index = 0; index < sum.values.length; index++) sum.values[index] = Math.sin(index * size + rank)
  await sum.run()
  const sums = [...sum.values.subarray(0, 5), sum.values.at(-1)]
  const bits = new Uint32Array(sum.values.slice().buffer).reduce((all, word) => Math.imul(all, 31) + word, 7)
  const same = ranks.openSum(size)
  same.values[rank] = bits % 2 ** 20
  await same.run()
  const text = await ranks.broadcast(rank === 0 ? new TextEncoder().encode('from rank 0') : null)
  const empty = await ranks.broadcast(rank === 0 ? new Uint8Array() : null)
  const lengths = Array.from({ length: size }, (_, of) => of + 1)
  const gathered = await ranks.gather(new Float32Array(rank + 1).fill(rank + 0.5), lengths)
  if (rank > 0 && gathered !== null) throw new Error('only rank 0 gathers')
  if (rank > 0) return
  const said = { size, localSize: ranks.localSize, library: ranks.library, described: ranks.describe(1) }
  const received = { text: new TextDecoder().decode(text), empty: empty.length, gathered: [...gathered!] }
  process.stdout.write(`${JSON.stringify({ ...said, sums, sameBits: [...same.values], ...received })}\n`)
}

/** The last rank neither works nor says anything. */
async function silence(): Promise<void> {
  if (rank === size - 1) await new Promise((resolve) => setTimeout(resolve, 600_000))
  const sum = ranks.openSum(1)
  await sum.run()
}

/** Rank 0 takes longer than the limit, but shows that it lives. */
async function work(): Promise<void> {
  const until = performance.now() + (rank === 0 ? 3_000 * Number(timeout) : 0)
  while (performance.now() < until) {
    ranks.stillHere()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const sum = ranks.openSum(1)
  sum.values[0] = 1
  await sum.run()
  if (rank === 0) process.stdout.write(`${JSON.stringify({ sum: sum.values[0] })}\n`)
}
