/** Whether a launcher of MPI has started this process, from the variables that it sets. */
import type { AbiName } from './abi.ts'

/** How this process was started. */
export interface Launch {
  /** What started it, in words. */
  readonly launcher: string
  readonly rank: number
  /** How many there are; null where only the library can tell. */
  readonly size: number | null
  /** The family whose library fits the launcher; null where either may. */
  readonly family: AbiName | null
}

type Environment = Readonly<Record<string, string | undefined>>

interface LauncherMark {
  readonly launcher: string
  readonly rank: string
  readonly size: string | null
  readonly family: AbiName | null
}

/** The first whose rank is set counts: `mpirun` inside a job of Slurm sets both. */
const marks: readonly LauncherMark[] = [
  {
    launcher: 'mpirun of Open MPI',
    rank: 'OMPI_COMM_WORLD_RANK',
    size: 'OMPI_COMM_WORLD_SIZE',
    family: 'openmpi',
  },
  { launcher: 'mpiexec of MPICH', rank: 'PMI_RANK', size: 'PMI_SIZE', family: 'mpich' },
  { launcher: 'srun or another launcher with PMIx', rank: 'PMIX_RANK', size: null, family: null },
]

/** The launch of this process, or null where it was started by itself. */
export function launchOf(environment: Environment): Launch | null {
  const slurm = slurmStep(environment)
  for (const { launcher, rank, size, family } of marks) {
    const number = count(environment[rank])
    if (number === null) continue
    const isSlurm = slurm !== null && launcher !== marks[0]!.launcher
    return {
      launcher: isSlurm ? 'srun' : launcher,
      rank: number,
      size: (size === null ? null : count(environment[size])) ?? slurm?.size ?? null,
      // Slurm's own PMI serves both families.
      family: isSlurm ? null : family,
    }
  }
  return slurm
}

/** Variables of a step of `srun`; the script of a batch job has those of the job, but no step. */
function slurmStep(environment: Environment): Launch | null {
  const rank = count(environment.SLURM_PROCID)
  const size = count(environment.SLURM_STEP_NUM_TASKS)
  if (rank === null || size === null || environment.SLURM_STEP_ID === undefined) return null
  return size > 1 ? { launcher: 'srun', rank, size, family: null } : null
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null
}
