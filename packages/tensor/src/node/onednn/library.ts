/** Finds and opens oneDNN, a library of matrix products, where it is installed. */
import { InputError } from '../../errors.ts'
import { bindFunctions, type Functions } from './functions.ts'
import { type Koffi, type LibraryHandle, loadKoffi } from './koffi.ts'

/** oneDNN, opened for one thread of this process: calls from another thread need an `Onednn` of their own. */
export interface Onednn {
  readonly file: string
  /** Such as `2.6.3`. */
  readonly version: string
  readonly functions: Functions
  /** Address of the first byte, of an `ArrayBuffer` or a `SharedArrayBuffer`. */
  addressOf(bytes: ArrayBufferLike): number
  /** The text that begins at an address. */
  textAt(address: bigint): string
}

/** Where the loader of the system looks, and where Homebrew puts it; version 3 first, which has newer kernels. */
const usualFiles: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libdnnl.so.3', 'libdnnl.so.2'],
  darwin: ['/opt/homebrew/lib/libdnnl.3.dylib', '/usr/local/lib/libdnnl.3.dylib', 'libdnnl.3.dylib'],
  win32: ['dnnl.dll'],
}

const howToInstall =
  process.platform === 'darwin'
    ? 'Install it with `brew install onednn`, or name the file in TRM_ONEDNN.'
    : process.platform === 'linux'
      ? 'Install it (Debian, Ubuntu: `apt-get install libdnnl3`, in older releases `libdnnl2`), or name the file in TRM_ONEDNN.'
      : 'Install it, or name the file in TRM_ONEDNN.'

/**
 * Opens oneDNN 2 or 3 so that every call from this thread uses one thread: threads of ours call it side by side.
 *
 * @param file the library; by default the environment variable `TRM_ONEDNN`, else the usual names
 * @throws {InputError} if koffi or the library is missing, or it is of another version or with threads of its own kind
 */
export async function openOnednn(file = process.env.TRM_ONEDNN): Promise<Onednn> {
  const koffi = await loadKoffi()
  const { library, name } = load(koffi, file)
  const { major, version, threads } = checkVersion(readVersion(koffi, library, name), name)
  const functions = bindFunctions(library, major, name)
  if (threads === 'OpenMP') useOneThread(library)
  return {
    file: name,
    version,
    functions,
    // koffi takes a `SharedArrayBuffer` only by an array over it.
    addressOf: (bytes) => Number(koffi.address(new Uint8Array(bytes))),
    textAt: (address) => koffi.decode.string(address),
  }
}

/** Such as `2.6.3`: of the library that `openExecutor` finds; null where it finds none that it can use. */
export const onednnVersion = async (): Promise<string | null> =>
  openOnednn().then(
    ({ version }) => version,
    () => null,
  )

function load(koffi: Koffi, file: string | undefined): { library: LibraryHandle; name: string } {
  const names = file ? [file] : (usualFiles[process.platform] ?? [])
  const failures: string[] = []
  for (const name of names) {
    try {
      return { library: koffi.load(name), name }
    } catch (error) {
      failures.push(String(error instanceof Error ? error.message : error).split('\n')[0]!)
    }
  }
  throw new InputError({
    who: 'oneDNN',
    expected: file ? `a library that loads from ${file}` : `one of ${names.join(', ')}`,
    got: failures.join('; ') || `no usual name on ${process.platform}`,
    hint: howToInstall,
  })
}

/** Of `cpu_runtime`, those that run a call on one thread. */
const runtimes: ReadonlyMap<number, 'none' | 'OpenMP'> = new Map([
  [1, 'none'],
  [2, 'OpenMP'],
])

/** `dnnl_version_t`: how it was built is a bit each. */
const versionStruct = { major: 'int', minor: 'int', patch: 'int', hash: 'str', cpu: 'uint', gpu: 'uint' }
interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly cpu: number
}

/**
 * What is known of a version: which functions it has, and how it runs one thread per call.
 *
 * @throws {InputError} if it is neither 2 nor 3, or was built for another threading runtime
 */
export function checkVersion({ major, minor, patch, cpu }: Version, file: string) {
  const version = `${major}.${minor}.${patch}`
  if (major !== 2 && major !== 3) {
    throw new InputError({
      who: 'oneDNN',
      expected: 'version 2 or 3, whose functions are known',
      got: `${version} (${file})`,
      hint: howToInstall,
    })
  }
  const threads = runtimes.get(cpu)
  if (threads) return { major, version, threads } as const
  throw new InputError({
    who: 'oneDNN',
    expected: 'a build with OpenMP or without threads, which runs one thread per call',
    got: `${file}, built for another threading runtime (${cpu})`,
    hint: howToInstall,
  })
}

function readVersion(koffi: Koffi, library: LibraryHandle, file: string): Version {
  try {
    const struct = koffi.struct(versionStruct)
    const read = library.func('dnnl_version', koffi.pointer(struct), [])
    return koffi.decode(read(), struct) as Version
  } catch (error) {
    throw new InputError(
      {
        who: 'oneDNN',
        expected: 'a library with the function dnnl_version',
        got: file,
        hint: howToInstall,
      },
      { cause: error },
    )
  }
}

/**
 * OpenMP's number of threads belongs to the thread that sets it, so that this holds for calls from this thread alone; the
 * function is that of the OpenMP library which oneDNN loaded.
 */
function useOneThread(library: LibraryHandle): void {
  library.func('omp_set_num_threads', 'void', ['int'])(1)
}
