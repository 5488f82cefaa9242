/**
 * What differs in binary form between the two families of MPI libraries: handles are addresses of variables of the
 * library in Open MPI, and numbers fixed by the MPICH ABI initiative in MPICH and what descends from it (Intel MPI,
 * MVAPICH, Cray MPICH). Sources: mpi.h of Open MPI 4.1.4 (5 has the same) and of MPICH 4.0.2.
 */

/** A handle by value, or the name of the variable whose address it is. */
export type Constant = number | string

export interface Abi {
  /** How a handle is passed, in koffi's words. */
  readonly handle: 'uint64' | 'int'
  readonly handles: Readonly<Record<HandleName, Constant>>
  /** MPI_IN_PLACE, an address that is none. */
  readonly inPlace: bigint
  /** MPI_STATUS_IGNORE, likewise. */
  readonly ignoreStatus: number
  /** MPI_COMM_TYPE_SHARED: the ranks of one machine. */
  readonly sharedMemory: number
  /** Where a system's loader may find such a library, best first. */
  readonly files: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>>
}

export type HandleName = 'world' | 'float' | 'byte' | 'sum' | 'errorsReturn' | 'noInfo'

/** A family of MPI libraries with the same binary interface. */
export type AbiName = 'openmpi' | 'mpich'

export const abis: Readonly<Record<AbiName, Abi>> = {
  openmpi: {
    handle: 'uint64',
    handles: {
      world: 'ompi_mpi_comm_world',
      float: 'ompi_mpi_float',
      byte: 'ompi_mpi_byte',
      sum: 'ompi_mpi_op_sum',
      errorsReturn: 'ompi_mpi_errors_return',
      noInfo: 'ompi_mpi_info_null',
    },
    inPlace: 1n,
    ignoreStatus: 0,
    sharedMemory: 0,
    files: {
      linux: ['libmpi.so.40', 'libmpi.so'],
      darwin: [
        '/opt/homebrew/opt/open-mpi/lib/libmpi.40.dylib',
        '/usr/local/opt/open-mpi/lib/libmpi.40.dylib',
        'libmpi.40.dylib',
      ],
    },
  },
  mpich: {
    handle: 'int',
    handles: {
      world: 0x44000000,
      float: 0x4c00040a,
      byte: 0x4c00010d,
      sum: 0x58000003,
      errorsReturn: 0x54000001,
      noInfo: 0x1c000000,
    },
    inPlace: 2n ** 64n - 1n,
    ignoreStatus: 1,
    sharedMemory: 1,
    files: {
      // Debian's name, that of the ABI initiative, and what a link for compilers is called.
      linux: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.so'],
      darwin: [
        '/opt/homebrew/opt/mpich/lib/libmpi.12.dylib',
        '/usr/local/opt/mpich/lib/libmpi.12.dylib',
        'libmpi.12.dylib',
      ],
    },
  },
}

/** The families of MPI libraries that are known. */
export const abiNames = Object.keys(abis) as AbiName[]

/** The variable that only libraries of Open MPI's family have. */
export const openMpiMark = 'ompi_mpi_comm_world'
