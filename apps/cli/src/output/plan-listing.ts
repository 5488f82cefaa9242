/** One step of a compiled program in full: what it computes, where its places are, and its WebAssembly. */
import type {
  DisassembledFunction,
  Instruction,
  PlannedPlace,
  PlannedProgram,
  PlannedStep,
} from '@tiny-recursive-models/tensor'
import { plural } from '@tiny-recursive-models/trm/format'
import { productText, spaceText } from './plan-words.ts'

/** What it computes, line by line. */
export function formatStep(step: PlannedStep): string {
  const { number, product, space, operations, values, reads, writes, strides } = step
  const going = (index: number): string => {
    const place = strides[index]
    if (!place) return ''
    const start = place.offset === 0 ? '' : ` from element ${place.offset}`
    return `, ${place.strides.length === 0 ? 'its one number' : `by ${place.strides.join(', ')}`}${start}`
  }
  const places = [
    ...reads.map((place, index) => `  read ${index}  ${placeText(place)}${going(index)}`),
    ...writes.map((place, index) => `  write ${index} ${placeText(place)}${going(reads.length + index)}`),
  ]
  if (product) return [`step ${number}: product ${productText(product)}`, ...places].join('\n')
  if (values.length === 0) return [`step ${number}: ${operations.join(', ')}`, ...places].join('\n')
  const hasSums = space.some(({ isReduced }) => isReduced)
  const lines = values.map(({ operation, role, operands, write }, index) => {
    const once = hasSums && role === 'kept' ? '  once a row' : ''
    const target = write === null ? '' : `  to write ${write}`
    return `  v${index} = ${operation}(${operands.join(', ')})${once}${target}`
  })
  return [`step ${number}: loop over ${spaceText(space)}`, ...places, ...lines].join('\n')
}

const placeText = ({ name, shape, bytes, offset }: PlannedPlace): string => {
  const where = offset === null ? 'outside of the arena' : `arena ${offset} to ${offset + bytes}`
  return `${name} [${shape.join(', ')}]: ${where}`
}

export const formatArena = ({ memory, places }: PlannedProgram): string =>
  [
    `arena of ${memory.arena} bytes`,
    ...places.map(
      ({ name, shape, bytes, offset, from, to }) =>
        `  ${offset} to ${offset + bytes}  ${name} [${shape.join(', ')}], needed from step ${from} to ${to}`,
    ),
    '  the rest: where steps complain of an index, and where products pack their factors',
  ].join('\n')

/** WebAssembly with its bytes, a line for what leaves nothing on the stack. */
export function formatCode(functions: readonly DisassembledFunction[]): string {
  return functions.map(formatFunction).join('\n\n')
}

function formatFunction({
  index,
  exportedAs,
  parameters,
  locals,
  instructions,
}: DisassembledFunction): string {
  const name = exportedAs === null ? '' : `, exported as ${exportedAs}`
  const head = `function ${index}${name}: parameters ${parameters.join(' ')}; ${plural(locals.length, 'local')}`
  const lines = statements(instructions).map((statement) => {
    const bytes = statement.flatMap((each) => [...each.bytes])
    const words = statement.map(({ text }) => text).join(' · ')
    return { bytes: hexadecimal(bytes), text: `${'  '.repeat(statement[0]!.depth)}${words}` }
  })
  const width = Math.min(30, Math.max(...lines.map(({ bytes }) => bytes.length)))
  return [
    head,
    ...lines.flatMap(({ bytes, text }) =>
      bytes.length <= width
        ? [`  ${bytes.padEnd(width)}  ${text}`]
        : [`  ${bytes}`, `  ${' '.repeat(width)}  ${text}`],
    ),
  ].join('\n')
}

const hexadecimal = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')

/** Instructions that take what is on the stack and leave nothing there, or begin and end blocks. */
const ending = /^(local\.set|.*\.store|call|loop|if|else|end|br_if|drop|return|unreachable)/

function statements(instructions: readonly Instruction[]): Instruction[][] {
  const all: Instruction[][] = []
  let open: Instruction[] = []
  for (const instruction of instructions) {
    open.push(instruction)
    if (!ending.test(instruction.text)) continue
    all.push(open)
    open = []
  }
  return open.length > 0 ? [...all, open] : all
}
