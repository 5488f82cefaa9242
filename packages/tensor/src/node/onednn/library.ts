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
      ? 'Install it (Debian, Ubuntu: `apt-get install libdnnl2`), or name the file in TRM_ONEDNN.'
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
  const { major, version, runtime } = versionOf(koffi, library, name)
  useOneThread(library, name, runtime)
  return {
    file: name,
    version,
    functions: bindFunctions(library, major, name),
    // koffi takes a `SharedArrayBuffer` only by an array over it.
    addressOf: (bytes) => Number(koffi.address(new Uint8Array(bytes))),
    textAt: (address) => koffi.decode.string(address),
  }
}

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

/** `dnnl_version_t`: how it was built is a bit each. */
const versionStruct = { major: 'int', minor: 'int', patch: 'int', hash: 'str', cpu: 'uint', gpu: 'uint' }
interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly cpu: number
}

function versionOf(koffi: Koffi, library: LibraryHandle, file: string) {
  const { major, minor, patch, cpu } = readVersion(koffi, library, file)
  const version = `${major}.${minor}.${patch}`
  if (major !== 2 && major !== 3) {
    throw new InputError({
      who: 'oneDNN',
      expected: 'version 2 or 3, whose functions are known',
      got: `${version} (${file})`,
      hint: howToInstall,
    })
  }
  return { major, version, runtime: cpu } as const
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

/** Bits of `cpu_runtime`. */
const [sequential, openMp] = [1, 2]

/**
 * OpenMP's number of threads belongs to the thread that sets it, so that this holds for calls from this thread alone; the
 * function is that of the OpenMP library which oneDNN loaded.
 */
function useOneThread(library: LibraryHandle, file: string, runtime: number): void {
  if (runtime === sequential) return
  if (runtime === openMp) {
    library.func('omp_set_num_threads', 'void', ['int'])(1)
    return
  }
  throw new InputError({
    who: 'oneDNN',
    expected: 'a build with OpenMP or without threads, which runs one thread per call',
    got: `${file}, built for another threading runtime (${runtime})`,
    hint: howToInstall,
  })
}
