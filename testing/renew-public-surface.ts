/** Writes the snapshots of what the packages export: `npm run surface`, after a change that is meant. */
import { writeFileSync } from 'node:fs'
import { formatSurface, publicSurface, snapshotFile } from './public-surface.ts'

for (const folder of ['packages/tensor', 'packages/trm'])
  writeFileSync(snapshotFile(folder), formatSurface(publicSurface(folder)))
