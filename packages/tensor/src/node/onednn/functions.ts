/**
 * The functions of oneDNN's C API that are called, for versions 2 and 3, which differ: descriptors of memory are structs
 * of the caller in 2 and handles in 3. Source: oneapi/dnnl/dnnl.h and dnnl_types.h of oneDNN 2.6 and 3.2.
 */
import { bindCalls, type Call, type LibraryHandle, type Signature } from './koffi.ts'

const shared = {
  dnnl_get_effective_cpu_isa: [],
  dnnl_engine_create: ['buffer', 'int', 'int64'],
  dnnl_stream_create: ['buffer', 'address', 'int'],
  dnnl_primitive_attr_create: ['buffer'],
  dnnl_primitive_attr_set_post_ops: ['address', 'address'],
  dnnl_primitive_attr_destroy: ['address'],
  dnnl_post_ops_create: ['buffer'],
  dnnl_post_ops_destroy: ['address'],
  dnnl_primitive_desc_query: ['address', 'int', 'int', 'buffer'],
  dnnl_primitive_desc_destroy: ['address'],
  dnnl_primitive_create: ['buffer', 'address'],
  dnnl_primitive_execute: ['address', 'address', 'int', 'buffer'],
  dnnl_primitive_destroy: ['address'],
  dnnl_memory_set_data_handle: ['address', 'address'],
  dnnl_memory_destroy: ['address'],
} as const satisfies Readonly<Record<string, Signature>>

/** Descriptors are memory of ours. */
const inVersion2 = {
  dnnl_memory_desc_init_by_strides: ['buffer', 'int', 'buffer', 'int', 'buffer'],
  dnnl_memory_create: ['buffer', 'buffer', 'address', 'address'],
  dnnl_matmul_desc_init: ['buffer', 'buffer', 'buffer', 'address', 'buffer'],
  dnnl_primitive_desc_create: ['buffer', 'buffer', 'address', 'address', 'address'],
  dnnl_post_ops_append_sum: ['address', 'float'],
  dnnl_post_ops_append_eltwise: ['address', 'float', 'int', 'float', 'float'],
  dnnl_post_ops_append_binary: ['address', 'int', 'buffer'],
  dnnl_binary_desc_init: ['buffer', 'int', 'buffer', 'buffer', 'buffer'],
} as const satisfies Readonly<Record<string, Signature>>

/** Descriptors are handles. */
const inVersion3 = {
  dnnl_memory_desc_create_with_strides: ['buffer', 'int', 'buffer', 'int', 'buffer'],
  dnnl_memory_desc_destroy: ['address'],
  dnnl_memory_create: ['buffer', 'address', 'address', 'address'],
  dnnl_matmul_primitive_desc_create: [
    'buffer',
    'address',
    'address',
    'address',
    'address',
    'address',
    'address',
  ],
  dnnl_post_ops_append_sum: ['address', 'float', 'int', 'int'],
  dnnl_post_ops_append_eltwise: ['address', 'int', 'float', 'float'],
  dnnl_post_ops_append_binary: ['address', 'int', 'address'],
  dnnl_binary_primitive_desc_create: ['buffer', 'address', 'int', 'address', 'address', 'address', 'address'],
} as const satisfies Readonly<Record<string, Signature>>

/** Types of numbers, as `dnnl_data_type_t` counts them. */
const dataTypes = { bfloat16: 2, float32: 3 } as const
export type DataType = keyof typeof dataTypes

/** `dnnl_status_t`, by its numbers. */
const statuses = [
  'success',
  'out of memory',
  'invalid arguments',
  'unimplemented',
  'no further implementation',
  'runtime error',
  'not required',
]
const unimplemented = statuses.indexOf('unimplemented')

/** A description of memory: lengths, and distances in elements. */
export interface Description {
  readonly value: number | ArrayBuffer
  destroy(): void
}

/** What the two versions do differently. Descriptions of products are undefined where the library does not do them. */
export interface Dialect {
  describe(lengths: readonly number[], strides: readonly number[], type: DataType): Description
  describeMatmul(
    left: Description,
    right: Description,
    result: Description,
    attributes: number,
  ): number | undefined
  /** @returns the handle of a memory object without memory */
  memory(description: Description): number
  /** A product element by element. */
  describeMultiply(
    one: Description,
    other: Description,
    result: Description,
    attributes: number,
  ): number | undefined
  /** The result is added to what lies in its place. */
  appendSum(postOps: number): void
  /** `DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE` */
  readonly postOpBase: number
  /** Of the result x becomes x / (1 + e⁻ˣ). */
  appendSwish(postOps: number): void
  /** The result is multiplied by another operand, element by element. */
  appendMultiply(postOps: number, other: Description): void
}

/** `dnnl_binary_mul`; `dnnl_eltwise_swish` is counted differently. */
const multiply = 0x1fff1
const swish = { 2: 0xdf, 3: 0x2c } as const

/** The library, with one engine and one stream. */
export interface Functions {
  readonly call: Readonly<Record<keyof typeof shared, Call>>
  readonly dialect: Dialect
  readonly stream: number
}

const [cpuEngine, inOrder] = [1, 1]

/** @throws {InputError} if the library lacks a function of that version */
export function bindFunctions(library: LibraryHandle, major: 2 | 3, file: string): Functions {
  const call = bindCalls(library, shared, file)
  const engine = created('dnnl_engine_create', (out) => call.dnnl_engine_create(out, cpuEngine, 0))
  const dialect =
    major === 2
      ? version2(bindCalls(library, inVersion2, file), engine)
      : version3(bindCalls(library, inVersion3, file), engine)
  const stream = created('dnnl_stream_create', (out) => call.dnnl_stream_create(out, engine, inOrder))
  return { call, dialect, stream }
}

/** `sizeof` is 696, and 2800 of the largest, in version 2.6; only the library fills and reads them. */
const [descriptionBytes, operationBytes] = [1024, 4096]

function version2(call: Readonly<Record<keyof typeof inVersion2, Call>>, engine: number): Dialect {
  return {
    describe(lengths, strides, type) {
      const value = new ArrayBuffer(descriptionBytes)
      const status = call.dnnl_memory_desc_init_by_strides(
        value,
        lengths.length,
        wholeNumbers(lengths),
        dataTypes[type],
        wholeNumbers(strides),
      )
      check('dnnl_memory_desc_init_by_strides', status)
      return { value, destroy() {} }
    },
    describeMatmul(left, right, result, attributes) {
      const operation = new ArrayBuffer(operationBytes)
      const status = call.dnnl_matmul_desc_init(operation, left.value, right.value, 0, result.value)
      check('dnnl_matmul_desc_init', status)
      return createdIfImplemented('dnnl_primitive_desc_create', (out) =>
        call.dnnl_primitive_desc_create(out, operation, attributes, engine, 0),
      )
    },
    memory(description) {
      return created('dnnl_memory_create', (out) =>
        call.dnnl_memory_create(out, description.value, engine, 0),
      )
    },
    describeMultiply(one, other, result, attributes) {
      const operation = new ArrayBuffer(operationBytes)
      const status = call.dnnl_binary_desc_init(operation, multiply, one.value, other.value, result.value)
      check('dnnl_binary_desc_init', status)
      return createdIfImplemented('dnnl_primitive_desc_create', (out) =>
        call.dnnl_primitive_desc_create(out, operation, attributes, engine, 0),
      )
    },
    appendSum(postOps) {
      check('dnnl_post_ops_append_sum', call.dnnl_post_ops_append_sum(postOps, 1))
    },
    postOpBase: 16_384,
    appendSwish(postOps) {
      const status = call.dnnl_post_ops_append_eltwise(postOps, 1, swish[2], 1, 0)
      check('dnnl_post_ops_append_eltwise', status)
    },
    appendMultiply(postOps, other) {
      const status = call.dnnl_post_ops_append_binary(postOps, multiply, other.value)
      check('dnnl_post_ops_append_binary', status)
    },
  }
}

function version3(call: Readonly<Record<keyof typeof inVersion3, Call>>, engine: number): Dialect {
  return {
    describe(lengths, strides, type) {
      const value = created('dnnl_memory_desc_create_with_strides', (out) =>
        call.dnnl_memory_desc_create_with_strides(
          out,
          lengths.length,
          wholeNumbers(lengths),
          dataTypes[type],
          wholeNumbers(strides),
        ),
      )
      return { value, destroy: () => void call.dnnl_memory_desc_destroy(value) }
    },
    describeMatmul(left, right, result, attributes) {
      return createdIfImplemented('dnnl_matmul_primitive_desc_create', (out) =>
        call.dnnl_matmul_primitive_desc_create(
          out,
          engine,
          left.value,
          right.value,
          0,
          result.value,
          attributes,
        ),
      )
    },
    memory(description) {
      return created('dnnl_memory_create', (out) =>
        call.dnnl_memory_create(out, description.value, engine, 0),
      )
    },
    describeMultiply(one, other, result, attributes) {
      return createdIfImplemented('dnnl_binary_primitive_desc_create', (out) =>
        call.dnnl_binary_primitive_desc_create(
          out,
          engine,
          multiply,
          one.value,
          other.value,
          result.value,
          attributes,
        ),
      )
    },
    postOpBase: 32_768,
    appendSwish(postOps) {
      const status = call.dnnl_post_ops_append_eltwise(postOps, swish[3], 1, 0)
      check('dnnl_post_ops_append_eltwise', status)
    },
    appendMultiply(postOps, other) {
      const status = call.dnnl_post_ops_append_binary(postOps, multiply, other.value)
      check('dnnl_post_ops_append_binary', status)
    },
    appendSum(postOps) {
      const [zeroPoint, sameType] = [0, 0]
      check('dnnl_post_ops_append_sum', call.dnnl_post_ops_append_sum(postOps, 1, zeroPoint, sameType))
    },
  }
}

/** `dnnl_dims_t`: twelve whole numbers of 64 bits. */
function wholeNumbers(values: readonly number[]): ArrayBuffer {
  const numbers = new BigInt64Array(new ArrayBuffer(8 * 12))
  numbers.set(values.map(BigInt))
  return numbers.buffer as ArrayBuffer
}

/** The handle that a function writes. */
export function created(name: string, create: (out: ArrayBuffer) => number): number {
  const out = new ArrayBuffer(8)
  check(name, create(out))
  return Number(new BigUint64Array(out)[0])
}

function createdIfImplemented(name: string, create: (out: ArrayBuffer) => number): number | undefined {
  let isImplemented = true
  const handle = created(name, (out) => {
    const status = create(out)
    isImplemented = status !== unimplemented
    return isImplemented ? status : 0
  })
  return isImplemented ? handle : undefined
}

/** What the library refuses although its arguments were checked is a mistake of ours. */
export function check(name: string, status: number): void {
  if (status !== 0) throw new Error(`oneDNN: ${name} returned ${status} (${statuses[status] ?? 'unknown'})`)
}
