/** A child for files.test.ts: writes one file again and again, all bytes alike, until it is killed. */
import { writeFileAtomically } from '../../src/node/files.ts'

const path = process.argv[2]
if (path === undefined) throw new Error('usage: write-loop.ts PATH')
for (let round = 0; ; round++) {
  await writeFileAtomically(path, new Uint8Array(400_000 + (round % 7) * 100_000).fill(round % 251))
  if (round === 0) process.stdout.write('ready\n')
}
