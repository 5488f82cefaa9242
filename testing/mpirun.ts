/** The launchers of MPI that are installed, for tests and measurements that start ranks. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Launcher {
  readonly name: 'Open MPI' | 'MPICH'
  readonly command: string
  readonly options: readonly string[]
}

/** Each family once, by Debian's names first. */
export const launchers: readonly Launcher[] = [
  find('Open MPI', ['mpirun.openmpi', 'mpirun'], /Open ?MPI|OpenRTE|open-mpi/i, [
    '--allow-run-as-root',
    '--oversubscribe',
    '--bind-to',
    'none',
  ]),
  find('MPICH', ['mpirun.mpich', 'mpirun'], /HYDRA|MPICH/i, []),
].flatMap((launcher) => launcher ?? [])

/** What `test` is told where there is none. */
export const skipWithoutMpi: { readonly skip: string | false } = {
  skip: launchers.length === 0 && 'no mpirun: install Open MPI or MPICH',
}

function find(
  name: Launcher['name'],
  commands: readonly string[],
  sign: RegExp,
  options: readonly string[],
): Launcher | undefined {
  for (const command of commands) {
    try {
      const version = execFileSync(command, ['--version'], { stdio: 'pipe', timeout: 10_000 }).toString()
      if (sign.test(version)) return { name, command, options }
    } catch {
      // Not installed.
    }
  }
  return undefined
}

export interface LaunchedRanks {
  readonly child: ChildProcess
  /** What it wrote, and how it ended. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly output: string
    readonly complaint: string
  }>
}

/** Starts a script on so many ranks. */
export function startRanks(
  { command, options }: Launcher,
  count: number,
  script: string,
  words: readonly string[],
): LaunchedRanks {
  const node = [process.execPath, '--import', 'tsx', script, ...words]
  const child = spawn(command, [...options, '-n', String(count), ...node], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, complaint] = ['', '']
  child.stdout.on('data', (data) => {
    output += String(data)
  })
  child.stderr.on('data', (data) => {
    complaint += String(data)
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output, complaint }))
  return { child, ended }
}
