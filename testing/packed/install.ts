/** Packs the packages as `npm run pack` does and installs them where nothing else is. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const repository = fileURLToPath(new URL('../../', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, whatever its exit code. */
export const run = (folder: string, command: string, ...words: readonly string[]): Promise<Outcome> =>
  runWith({}, folder, command, ...words)

/** With further environment variables. */
async function runWith(
  environment: Readonly<Record<string, string>>,
  folder: string,
  command: string,
  ...words: readonly string[]
): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: '1', ...environment }
  const options = { cwd: folder, env, maxBuffer: 2 ** 26 }
  try {
    return { code: 0, ...(await promisify(execFile)(command, words, options)) }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Outcome>
    return {
      code: typeof code === 'number' ? code : 1,
      stdout,
      stderr: `${stderr}${code === undefined ? error : ''}`,
    }
  }
}

export interface InstalledPackages {
  /** An empty project beside the installed packages. */
  project(name: string, files?: Readonly<Record<string, string>>): string
  /** A folder of its own into which npm has installed the packages with their scripts, and without reach to NuGet. */
  installWithScripts(): Promise<{ readonly folder: string; readonly outcome: Outcome }>
  remove(): void
}

/** The packages as npm would download them: those that `npm test` has packed, or packed now into this folder. */
async function packedFiles(folder: string): Promise<string[]> {
  const packed = process.env.TRM_TEST_BUILT || join(folder, 'packed')
  if (!process.env.TRM_TEST_BUILT) {
    const script = join(repository, 'scripts/pack.mjs')
    const { code, stdout, stderr } = await run(repository, process.execPath, script, packed)
    if (code !== 0) throw new Error(`npm run pack:\n${stdout}${stderr}`)
  }
  const names = readdirSync(packed).filter((name) => name.endsWith('.tgz'))
  return names.map((name) => join(packed, name))
}

/** What npm says of a registry that cannot be reached. */
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTCACHED)\b/

const npmOptions = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0']

/** The installed packages, or why they cannot be installed here: no registry. */
export async function installPacked(): Promise<InstalledPackages | string> {
  const folder = mkdtempSync(join(tmpdir(), 'trm-packed-'))
  const folders = [folder]
  const remove = (): void => {
    for (const path of folders) rmSync(path, { recursive: true, force: true })
  }
  let files: readonly string[]
  try {
    files = await packedFiles(folder)
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    const installed = await run(folder, 'npm', 'install', ...npmOptions, '--ignore-scripts', ...files)
    if (installed.code !== 0) {
      const reason = unreachable.exec(installed.stderr)
      if (reason === null) throw new Error(`npm install:\n${installed.stderr}`)
      remove()
      return `the npm registry cannot be reached (${reason[0]})`
    }
  } catch (error) {
    remove()
    throw error
  }
  const project = (name: string, files: Readonly<Record<string, string>> = {}): string => {
    const path = join(folder, name)
    mkdirSync(path)
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
    return path
  }
  const installWithScripts = async () => {
    const path = mkdtempSync(join(tmpdir(), 'trm-scripts-'))
    folders.push(path)
    writeFileSync(join(path, 'package.json'), '{ "private": true, "type": "module" }\n')
    // The install script asks for this proxy, npm does not; nobody listens there.
    const environment = { GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9', ONNXRUNTIME_NODE_INSTALL: '' }
    const words = [...npmOptions, '--no-ignore-scripts', ...files]
    return { folder: path, outcome: await runWith(environment, path, 'npm', 'install', ...words) }
  }
  return { project, installWithScripts, remove }
}
