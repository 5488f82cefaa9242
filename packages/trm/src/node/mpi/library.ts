/** Finds and opens an MPI library, and binds the functions that are called. */
import { InputError } from '@tiny-recursive-models/tensor'
import type koffiModule from 'koffi'
import { type Abi, type AbiName, abiNames, abis, type HandleName, openMpiMark } from './abi.ts'

type Koffi = typeof koffiModule
type LibraryHandle = ReturnType<Koffi['load']>

/** A handle or an address, as koffi takes it. */
export type Handle = number
type Argument = number | bigint

/** Memory that C may keep an address of; it is never moved. */
export interface Memory {
  readonly address: bigint
  readonly bytes: ArrayBuffer
  free(): void
}

/** An MPI library, opened in this thread. */
export interface MpiLibrary {
  /** Such as `Open MPI 4.1.4`. */
  readonly name: string
  readonly file: string
  readonly abi: Abi
  readonly handles: Readonly<Record<HandleName, Handle>>
  readonly functions: Functions
  /** @returns memory of so many bytes, zeroed */
  allocate(bytes: number): Memory
  /** Ends the process after so many seconds whatever it is at. */
  endWithin(seconds: number): void
}

/**
 * The MPI library of a family that is installed here, for those who want to know.
 *
 * @throws InputError if there is none, or it cannot be used
 */
export async function findMpi(family: AbiName): Promise<Pick<MpiLibrary, 'name' | 'file'>> {
  const { name, file } = await openMpiLibrary(family)
  return { name, file }
}

/** What arguments are: `h` a handle, `a` an address, `i` an int. Source: the MPI standard, version 3.1. */
const signatures = {
  MPI_Get_library_version: 'aa',
  MPI_Initialized: 'a',
  MPI_Init_thread: 'aaia',
  MPI_Finalize: '',
  MPI_Abort: 'hi',
  MPI_Comm_rank: 'ha',
  MPI_Comm_size: 'ha',
  MPI_Comm_set_errhandler: 'hh',
  MPI_Comm_split_type: 'hiiha',
  MPI_Get_processor_name: 'aa',
  MPI_Error_string: 'iaa',
  MPI_Iallreduce: 'aaihhha',
  MPI_Iallgather: 'aihaihha',
  MPI_Ialltoall: 'aihaihha',
  MPI_Igatherv: 'aihaaahiha',
  MPI_Ibcast: 'aihiha',
  MPI_Isend: 'aihiiha',
  MPI_Recv: 'aihiiha',
  MPI_Iprobe: 'iihaa',
  MPI_Test: 'aaa',
} as const satisfies Readonly<Record<string, string>>

export type FunctionName = keyof typeof signatures

/** Each returns MPI's error code, 0 for success. */
export type Functions = Readonly<Record<FunctionName, (...values: Argument[]) => number>>

/**
 * What UCX, a transport of both families, must not do in a process of V8: take over the signal by which an access outside
 * of a WebAssembly memory is noticed, and rewrite mmap and munmap while other threads are in them, which ended one start
 * in thirty.
 */
const ucxDefaults = { UCX_ERROR_SIGNALS: '', UCX_MEM_EVENTS: 'n', UCX_MEM_MMAP_HOOK_MODE: 'none' }

const howToInstall =
  process.platform === 'darwin'
    ? 'Install it (`brew install open-mpi` or `brew install mpich`), or name the file of the library in TRM_MPI.'
    : 'Install it on every machine (Debian, Ubuntu: `apt-get install openmpi-bin` or `apt-get install mpich`), or name the file of the library in TRM_MPI.'

/**
 * Opens Open MPI or MPICH.
 *
 * @param family the one that the launcher belongs to; null tries both
 * @param file the library; by default the environment variable `TRM_MPI`, else the usual names
 * @throws InputError if koffi or the library is missing, or is of another kind
 */
export async function openMpiLibrary(
  family: AbiName | null,
  file = process.env.TRM_MPI,
): Promise<MpiLibrary> {
  const koffi = await loadKoffi()
  const system = koffi.load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6')
  const setDefault = system.func('setenv', 'int', ['str', 'str', 'int'])
  // Not by `process.env`: that of a worker thread is a copy.
  for (const [name, value] of Object.entries(ucxDefaults)) setDefault(name, value, 0)
  const candidates = file ? [file] : usualFiles(family)
  const failures: string[] = []
  for (const name of candidates) {
    let library: LibraryHandle
    try {
      // Plug-ins of the library look its symbols up among those of the whole process.
      library = koffi.load(name, { global: true, lazy: true })
    } catch (error) {
      failures.push(String(error instanceof Error ? error.message : error).split('\n')[0]!)
      continue
    }
    return bind(koffi, library, name, system.func('alarm', 'uint', ['uint']))
  }
  throw new InputError({
    who: 'MPI',
    expected: file ? `an MPI library in ${file} (TRM_MPI)` : `one of ${candidates.join(', ')}`,
    got: failures.join('; ') || `no usual name on ${process.platform}`,
    hint: howToInstall,
  })
}

function usualFiles(family: AbiName | null): readonly string[] {
  const families = family ? [family] : abiNames
  return [...new Set(families.flatMap((name) => abis[name].files[process.platform] ?? []))]
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new InputError(
      {
        who: 'MPI',
        expected: `the optional package koffi with its binary for ${process.platform} ${process.arch}`,
        got: `none (${line})`,
        hint: 'Run `npm ci` without `--omit=optional`, or train in one process.',
      },
      { cause: error },
    )
  }
}

function bind(
  koffi: Koffi,
  library: LibraryHandle,
  file: string,
  endWithin: (seconds: number) => void,
): MpiLibrary {
  const abi = abis[hasSymbol(library, openMpiMark) ? 'openmpi' : 'mpich']
  const types = { h: abi.handle, a: 'uint64', i: 'int' } as const
  const functions: Partial<Record<FunctionName, (...values: Argument[]) => number>> = {}
  for (const name of Object.keys(signatures) as FunctionName[]) {
    const letters = [...signatures[name]] as (keyof typeof types)[]
    try {
      functions[name] = library.func(
        name,
        'int',
        letters.map((letter) => types[letter]),
      )
    } catch (error) {
      const parts = { who: 'MPI', expected: `a library with the function ${name} (MPI 3)`, got: file }
      throw new InputError({ ...parts, hint: howToInstall }, { cause: error })
    }
  }
  const handles = Object.fromEntries(
    Object.entries(abi.handles).map(([name, constant]) => [
      name,
      typeof constant === 'number' ? constant : Number(library.symbol(constant)),
    ]),
  ) as Record<HandleName, Handle>
  const allocate = (bytes: number): Memory => {
    const address = BigInt(koffi.alloc('uint8', bytes) as bigint)
    const memory = { address, bytes: koffi.view(address, bytes), free: () => koffi.free(address) }
    new Uint8Array(memory.bytes).fill(0)
    return memory
  }
  const bound = functions as Functions
  return {
    name: versionOf(bound, allocate, (address) => koffi.decode.string(address)),
    file,
    abi,
    handles,
    functions: bound,
    allocate,
    endWithin,
  }
}

function hasSymbol(library: LibraryHandle, name: string): boolean {
  try {
    library.symbol(name)
    return true
  } catch {
    return false
  }
}

/** MPI_MAX_LIBRARY_VERSION_STRING of MPICH; Open MPI's is less. */
const versionBytes = 8192

/** `Open MPI v4.1.4, package: …` and `MPICH Version:	4.0.2` become `Open MPI 4.1.4` and `MPICH 4.0.2`. */
function versionOf(
  functions: Functions,
  allocate: (bytes: number) => Memory,
  textAt: (address: bigint) => string,
): string {
  const [text, length] = [allocate(versionBytes), allocate(8)]
  try {
    functions.MPI_Get_library_version(text.address, length.address)
    const [line = ''] = textAt(text.address).split(/[\n,]/)
    return line
      .replace(/\s*Version:\s*|\s+v(?=\d)/i, ' ')
      .trim()
      .slice(0, 80)
  } finally {
    text.free()
    length.free()
  }
}
