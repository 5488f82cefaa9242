/** Calls of C: koffi is loaded when oneDNN is asked for, and only then. */
import type koffiModule from 'koffi'
import { InputError } from '../../errors.ts'

export type Koffi = typeof koffiModule
export type LibraryHandle = ReturnType<Koffi['load']>

/** @throws {InputError} if koffi is not installed or has no binary for this platform */
export async function loadKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new InputError(
      {
        who: 'oneDNN',
        expected: `the optional package koffi with its binary for ${process.platform} ${process.arch}`,
        got: `none (${line})`,
        hint: 'Run `npm ci` without `--omit=optional`, or compute without oneDNN.',
      },
      { cause: error },
    )
  }
}

/** What an argument is in C: a number, a handle or an address, or memory of ours, which is not collected during the call. */
export type ArgumentType = 'int' | 'int64' | 'float' | 'address' | 'buffer'
export type Signature = readonly ArgumentType[]

/** A function of C that returns a whole number; `null` is a buffer that is left out. */
export type Call = (...values: (number | ArrayBuffer | null)[]) => number

/** Addresses are plain numbers, for they have at most 48 bits; as BigInt they would be allocated in every call. */
const koffiTypes = {
  int: 'int',
  int64: 'int64',
  float: 'float',
  address: 'uint64',
  buffer: 'void *',
} as const satisfies Record<ArgumentType, string>

/** @throws {InputError} if the library lacks one of the functions */
export function bindCalls<Name extends string>(
  library: LibraryHandle,
  signatures: Readonly<Record<Name, Signature>>,
  file: string,
): Readonly<Record<Name, Call>> {
  const bound: Partial<Record<Name, Call>> = {}
  for (const name of Object.keys(signatures) as Name[]) {
    try {
      bound[name] = library.func(
        name,
        'int',
        signatures[name].map((type) => koffiTypes[type]),
      ) as Call
    } catch (error) {
      throw new InputError(
        {
          who: 'oneDNN',
          expected: `a library with the function ${name}`,
          got: file,
          hint: 'Install oneDNN 2 or 3, or name its file in TRM_ONEDNN.',
        },
        { cause: error },
      )
    }
  }
  return bound as Record<Name, Call>
}
