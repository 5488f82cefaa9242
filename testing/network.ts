/**
 * A small cluster on one machine, for tests and measurements: network namespaces with addresses and names of their own, and
 * a cable between them that can be slow, lose packets or be pulled.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Launcher, launchers } from './mpirun.ts'
import type { Cable } from './relay.ts'

export type { Cable } from './relay.ts'

export interface Network {
  /** Starts ranks on `machine-1`, `machine-2` and so on in turn, one on each. */
  readonly launcher: Launcher
  /** The cable is like this from now on. */
  lay(cable: Cable): Promise<void>
  close(): void
}

const ip = (...words: readonly string[]) => execFileSync('ip', words, { stdio: 'pipe' })

/** Open MPI, whose launcher takes any program for that which reaches another machine. */
const openMpi = launchers.find(({ name }) => name === 'Open MPI')

/** What `test` is told where there can be no such network. */
export const skipWithoutNetwork: { readonly skip: string | false } = { skip: whyNot() ?? false }

function whyNot(): string | null {
  if (!openMpi) return 'no mpirun of Open MPI'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
    const probe = `trm-probe-${process.pid}`
    ip('netns', 'add', probe)
    ip('netns', 'delete', probe)
    return null
  } catch (error) {
    return `no network namespaces or TUN devices: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`
  }
}

/** Of each connection that is cut off: 0.2 + 0.4 + 0.8 + 1.6 s, and at least that; by default it is a quarter of an hour. */
const triesOfTcp = 3

/** Names of network devices have at most 15 letters. */
const letters = 'abcdefghijklmnopqrstuvwxyz'
let opened = 0

export async function openNetwork(count: number): Promise<Network> {
  const mark = `trm${process.pid}${letters[opened++ % letters.length]}`
  const machines = Array.from({ length: count }, (_, index) => `${mark}-${index + 1}`)
  const folder = mkdtempSync(join(tmpdir(), 'trm-network-'))
  const relay = spawn(
    process.execPath,
    [...['--import', 'tsx', fileURLToPath(new URL('./relay.ts', import.meta.url))], ...machines],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const answer = () => Promise.race([once(relay.stdout, 'data'), once(relay, 'exit').then(failed)])
  const made: string[] = []
  const close = () => {
    relay.kill('SIGKILL')
    for (const machine of made) ip('netns', 'delete', machine)
    rmSync(folder, { recursive: true })
  }
  try {
    await answer()
    for (const [index, machine] of machines.entries()) {
      ip('netns', 'add', machine)
      made.push(machine)
      connect(machine, index + 1)
    }
  } catch (error) {
    close()
    throw error
  }
  const agent = join(folder, 'agent')
  const command = join(folder, 'mpirun')
  writeScript(agent, agentScript(mark))
  writeScript(command, launcherScript(mark, agent, count))
  const lay = async (cable: Cable) => {
    const told = answer()
    relay.stdin.write(`${JSON.stringify(cable)}\n`)
    await told
  }
  return { launcher: { name: 'Open MPI', command, options: [] }, lay, close }
}

const failed = ([code]: unknown[]): never => {
  throw new Error(`the relay ended with code ${String(code)}`)
}

const network = '10.77.0'

/** Its device is called like it. */
function connect(machine: string, number: number): void {
  ip('link', 'set', machine, 'netns', machine)
  const inside = (...words: string[]) => ip('netns', 'exec', machine, ...words)
  inside('ip', 'address', 'add', `${network}.${number}/24`, 'dev', machine)
  inside('ip', 'link', 'set', machine, 'up')
  inside('ip', 'link', 'set', 'lo', 'up')
  inside('sh', '-c', `echo ${triesOfTcp} > /proc/sys/net/ipv4/tcp_retries2`)
}

function writeScript(path: string, text: string): void {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
}

/** What Open MPI takes for `ssh`: an address and a command. */
const agentScript = (mark: string): string => `#!/bin/sh
machine=\${1##*.}
shift
exec ip netns exec ${mark}-$machine unshare --uts sh -c "hostname machine-$machine; $*"
`

/** `mpirun` on the first machine. */
function launcherScript(mark: string, agent: string, count: number): string {
  const hosts = Array.from({ length: count }, (_, index) => `${network}.${index + 1}:1`).join(',')
  const options = [
    ...['--host', hosts, '--mca', 'plm_rsh_agent', agent, '--mca', 'btl', 'tcp,self', '--mca', 'pml', 'ob1'],
    ...['--mca', 'btl_tcp_if_include', `${network}.0/24`, '--mca', 'oob_tcp_if_include', `${network}.0/24`],
  ]
  const mpirun = [openMpi!.command, ...openMpi!.options, ...options].join(' ')
  return `#!/bin/sh
exec ip netns exec ${mark}-1 unshare --uts sh -c 'hostname machine-1; exec "$0" "$@"' ${mpirun} "$@"
`
}
