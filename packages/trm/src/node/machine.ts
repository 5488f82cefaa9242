/** What a figure was measured on. */
import { createRequire } from 'node:module'
import { arch, cpus, platform } from 'node:os'
import type { MachineFacts } from '../evaluate/run-facts.ts'

/** The machine that this runs on. */
export function machineFacts(): MachineFacts {
  const processors = cpus()
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    system: `${platform()} ${arch()}`,
    node: process.version,
    onnxruntime: packageVersion('onnxruntime-node'),
  }
}

/** Of this library. */
export const libraryVersion = (): string =>
  versionIn(() => createRequire(import.meta.url)('../../package.json'))

/** The installed version of a package that the tensor library uses. */
const packageVersion = (name: string): string =>
  versionIn(() =>
    createRequire(import.meta.resolve('@tiny-recursive-models/tensor/node'))(`${name}/package.json`),
  )

function versionIn(read: () => unknown): string {
  try {
    const facts = read()
    if (typeof facts === 'object' && facts !== null && 'version' in facts) return String(facts.version)
  } catch {
    // A bundled copy has no package.json.
  }
  return 'unknown'
}
