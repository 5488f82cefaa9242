/** Which MPI libraries are installed: each is opened in a process of its own, for two in one get in each other's way. */
import { findMpi, type MpiFamily, mpiFamilies } from '@tiny-recursive-models/trm/node'
import { askChild, reasonOf } from '../devices.ts'

/** By the names that `--probe` has for them. */
const families = Object.fromEntries(mpiFamilies.map((family) => [`mpi-${family}`, family]))

export const mpiProbes: readonly string[] = Object.keys(families)

const labels: Readonly<Record<MpiFamily, string>> = { openmpi: 'Open MPI', mpich: 'MPICH' }

export interface MpiProbe {
  readonly family: MpiFamily
  readonly works: boolean
  /** Version and file, or why there is none. */
  readonly detail: string
}

export async function probeMpi(probe: string): Promise<MpiProbe> {
  const family = families[probe]!
  try {
    const { name, file } = await findMpi(family)
    return { family, works: true, detail: `${name} (${file})` }
  } catch (error) {
    return { family, works: false, detail: reasonOf(error) }
  }
}

export const probeMpiInChild = (probe: string): Promise<MpiProbe> =>
  askChild<MpiProbe>(probe, (detail) => ({ family: families[probe]!, works: false, detail }))

/** A line of the table. */
export const mpiLine = ({ family, works, detail }: MpiProbe): [string, string] => [
  `MPI, ${labels[family]}`,
  works ? `works: ${detail}` : `not there, needed only to train on several machines: ${detail}`,
]
