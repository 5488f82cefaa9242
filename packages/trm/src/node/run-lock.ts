/**
 * A lock file against two trainers in one run folder. It names its process by number and by when that process
 * started, so that the lock of a killed process is recognised even after its number is in use again; the libraries
 * (proper-lockfile) go by the age of a file that must be touched all the time, which a step that blocks cannot do.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { InputError } from '@tiny-recursive-models/tensor'
import { z } from 'zod'
import { errorCode, fileError } from './file-errors.ts'
import { isProcessAlive, readFileBounded } from './files.ts'

const lockFields = z.object({
  pid: z.int().min(1),
  host: z.string(),
  /** Boot and start time of the process where the system tells (Linux), else null. */
  started: z.string().nullable(),
})

/** A name of a machine has at most 255 bytes. */
const maxLockBytes = 10_000

type Holder = z.infer<typeof lockFields>

/** Whether a run folder is being trained in, and by whom. */
export type LockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'held' | 'stale'; readonly holder: string }

/** Takes the lock or throws; a stale one is taken over. Returns what gives it back. */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const own: Holder = { pid: process.pid, host: hostname(), started: processStart(process.pid) }
  const written = JSON.stringify(own)
  // A round more than one for the removal of a stale lock, and some for others who remove it at the same time.
  for (let round = 0; round < 4; round++) {
    if (await createLock(path, written)) return () => releaseLock(path, written)
    const state = await readLock(path)
    if (state.kind === 'held') throw heldError(path, state.holder)
    if (state.kind === 'stale') await removeStale(path)
  }
  throw heldError(path, 'another process that came first')
}

/** Who holds the lock, and whether that process still runs. */
export async function readLock(path: string): Promise<LockState> {
  const written = await readLockText(path)
  if (written === null) return { kind: 'free' }
  const holder = parseHolder(written)
  // A process killed between creating and filling its lock leaves it unreadable.
  if (holder === null) return { kind: 'stale', holder: 'an unreadable lock' }
  const described = `process ${holder.pid} on ${holder.host}`
  return { kind: isHeld(holder) ? 'held' : 'stale', holder: described }
}

/**
 * Removes the lock of a process on another machine, which cannot be asked whether it still runs: for those who know
 * that it does not, as a scheduler does that starts a task again elsewhere.
 */
export async function dropForeignLock(path: string): Promise<void> {
  const written = await readLockText(path)
  if (written === null) return
  const host = parseHolder(written)?.host ?? hostname()
  if (host !== hostname()) await releaseLock(path, written)
}

/** Null where there is none. */
async function readLockText(path: string): Promise<string | null> {
  try {
    // Bounded, and never from a pipe: whoever only looks at a run must not wait for ever.
    return new TextDecoder().decode(await readFileBounded(path, { maxBytes: maxLockBytes }))
  } catch (error) {
    if (errorCode(error instanceof InputError ? error.cause : error) === 'ENOENT') return null
    throw fileError(error, path, 'a lock file')
  }
}

function isHeld({ pid, host, started }: Holder): boolean {
  // Processes of another machine cannot be asked.
  if (host !== hostname()) return true
  if (!isProcessAlive(pid)) return false
  const now = processStart(pid)
  return started === null || now === null || started === now
}

/** The lock appears with its content: written under another name, then linked, which fails if one is there. */
async function createLock(path: string, written: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`
  try {
    await writeFile(draft, written)
    await linkOrCreate(draft, path, written)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw fileError(error, path, 'a lock file that can be written')
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

async function linkOrCreate(draft: string, path: string, written: string): Promise<void> {
  try {
    await link(draft, path)
  } catch (error) {
    // File systems without links (exFAT, some network ones); there a reader may see the lock empty for a moment.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(errorCode(error) ?? '')) throw error
    await writeFile(path, written, { flag: 'wx' })
  }
}

/** Whoever removes a stale lock takes less time than this. */
const takeoverMs = 10_000

/**
 * Two processes may find the same stale lock, and the slower one must not remove the new lock of the faster one.
 * So only the holder of a second file removes, after another look; no lock can appear while the stale one is there.
 */
async function removeStale(path: string): Promise<void> {
  const takeover = `${path}.takeover`
  try {
    await writeFile(takeover, '', { flag: 'wx' })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw fileError(error, path, 'a lock file that can be removed')
    const begun = await stat(takeover).catch(() => null)
    if (begun !== null && Date.now() - begun.mtimeMs > takeoverMs)
      await unlink(takeover).catch(() => undefined)
    else await new Promise((resolve) => setTimeout(resolve, 20))
    return
  }
  try {
    if ((await readLock(path)).kind === 'stale') await unlink(path)
  } catch (error) {
    throw fileError(error, path, 'a lock file that can be removed')
  } finally {
    await unlink(takeover).catch(() => undefined)
  }
}

async function releaseLock(path: string, written: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => null)
  if (current === written) await unlink(path).catch(() => undefined)
}

function parseHolder(written: string): Holder | null {
  try {
    const result = lockFields.safeParse(JSON.parse(written))
    return result.success ? result.data : null
  } catch {
    return null
  }
}

/** Boot identifier and start time in clock ticks since boot. Source: proc_pid_stat(5), field 22. */
function processStart(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const facts = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the name in parentheses, may hold spaces.
    const ticks = facts.slice(facts.lastIndexOf(')') + 2).split(' ')[19]
    return ticks === undefined ? null : `${boot}/${ticks}`
  } catch {
    return null
  }
}

function heldError(path: string, holder: string): InputError {
  return new InputError({
    who: path,
    expected: 'a run folder that no other trainer uses',
    got: `the lock of ${holder}`,
    hint: 'Wait for it to end or stop it; if you are sure that it is gone, delete the lock file.',
  })
}
