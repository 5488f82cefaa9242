/** A primitive of oneDNN: a kernel for one description of its operands, with memory objects to point at them. */
import { check, created, type Description } from './functions.ts'
import type { Onednn } from './library.ts'

/** Runs on operands at addresses of the process, in the order in which they were described. */
export interface Primitive {
  readonly implementation: string
  run(...addresses: number[]): void
  destroy(): void
}

/** What an operand is to a primitive: `DNNL_ARG_SRC`, `DNNL_ARG_SRC_1`, `DNNL_ARG_WEIGHTS` and `DNNL_ARG_DST`. */
const argumentNumbers = { source: 1, otherSource: 2, weights: 33, destination: 17 } as const

/** One of these, or the other operand of the second post-op. */
export type Role = keyof typeof argumentNumbers | 'ofSecondPostOp'

/** `DNNL_ARG_ATTR_MULTIPLE_POST_OP(1) | DNNL_ARG_SRC_1` is counted from a base that differs between versions. */
const argumentOf = (role: Role, postOpBase: number): number =>
  role === 'ofSecondPostOp' ? (2 * postOpBase) | argumentNumbers.otherSource : argumentNumbers[role]

const implementationQuery = 8
/** `dnnl_exec_arg_t`: a number and, eight bytes further, a handle. */
const argumentBytes = 16

/**
 * @param describe makes the description of the primitive, or none where the library does not have it
 * @param isReferenceTaken whether its reference implementation, which is slow, will do
 * @returns undefined in that case, and if it has no implementation that will do
 */
export function createPrimitive(
  { functions: { call, dialect, stream }, textAt }: Onednn,
  operands: readonly { readonly role: Role; readonly description: Description }[],
  describe: () => number | undefined,
  isReferenceTaken = false,
): Primitive | undefined {
  const description = describe()
  if (description === undefined) return undefined
  try {
    const pointer = new ArrayBuffer(8)
    check(
      'dnnl_primitive_desc_query',
      call.dnnl_primitive_desc_query(description, implementationQuery, 0, pointer),
    )
    const implementation = textAt(new BigUint64Array(pointer)[0]!)
    if (!isReferenceTaken && /^(?:simple:)?ref/.test(implementation)) return undefined
    const primitive = created('dnnl_primitive_create', (out) => call.dnnl_primitive_create(out, description))
    const memories = operands.map(({ description }) => dialect.memory(description))
    const argumentList = new ArrayBuffer(argumentBytes * operands.length)
    const view = new DataView(argumentList)
    for (const [index, { role }] of operands.entries()) {
      view.setInt32(argumentBytes * index, argumentOf(role, dialect.postOpBase), true)
      view.setBigUint64(argumentBytes * index + 8, BigInt(memories[index]!), true)
    }
    const before = memories.map(() => 0)
    return {
      implementation,
      run(...addresses) {
        for (let index = 0; index < memories.length; index++) {
          const address = addresses[index]!
          if (before[index] === address) continue
          check('dnnl_memory_set_data_handle', call.dnnl_memory_set_data_handle(memories[index]!, address))
          before[index] = address
        }
        check(
          'dnnl_primitive_execute',
          call.dnnl_primitive_execute(primitive, stream, memories.length, argumentList),
        )
      },
      destroy() {
        for (const memory of memories) call.dnnl_memory_destroy(memory)
        call.dnnl_primitive_destroy(primitive)
      },
    }
  } finally {
    call.dnnl_primitive_desc_destroy(description)
  }
}
