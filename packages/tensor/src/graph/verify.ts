import { InputError } from '../errors.ts'
import { resultType } from './node.ts'
import type { AttributesOf, Node, Operation } from './operations.ts'
import { nodesOf, type Program, type Tensors } from './program.ts'
import type { ResultType } from './shapes.ts'
import { type DataType, formatShape, type Shape, sameShape } from './types.ts'

/**
 * Checks that a program is sound: operands come before their users, every stored shape and type is the one its
 * rule gives, inputs are declared once, results are numbers and fit what they update. Executors call it before
 * they compile; it finds mistakes of rewriting passes, which trace cannot.
 */
export function verifyProgram(program: Program): void {
  const declared = declaredInputs(program)
  for (const node of nodesOf(program)) {
    const who = `program ${program.name}, node %${node.id} ${node.operation}`
    checkOrder(who, node)
    checkType(who, node)
    if (node.operation === 'input' && !declared.has(node)) {
      throw new InputError({
        who: `${who} "${node.attributes.name}"`,
        expected: `a ${node.attributes.role} that the program declares`,
        got: `a tensor outside ${list(node.attributes.role === 'feed' ? program.feeds : program.states)}`,
        hint: 'Use only the tensors that trace passed to the traced function.',
      })
    }
  }
  checkResults(program)
}

function declaredInputs(program: Program): Set<Node> {
  const names = new Set<string>()
  const declared = new Set<Node>()
  for (const [role, tensors] of [['feed', program.feeds] as const, ['state', program.states] as const]) {
    for (const [name, node] of Object.entries(tensors)) {
      const who = `program ${program.name}, ${role} ${name}`
      if (names.has(name)) {
        const hint = 'Rename the feed or the state.'
        throw new InputError({
          who,
          expected: 'a unique name',
          got: 'a state and a feed with the same name',
          hint,
        })
      }
      const right =
        node.operation === 'input' && node.attributes.name === name && node.attributes.role === role
      if (!right || node.dtype === 'bool') {
        throw new InputError({
          who,
          expected: `a float32 or int32 input node with that name and role`,
          got: describe(node),
          hint: 'Declare inputs through trace; feed 0 and 1 as int32 and compare inside.',
        })
      }
      names.add(name)
      declared.add(node)
    }
  }
  return declared
}

function checkOrder(who: string, node: Node): void {
  const late = node.inputs.find((input) => input.id >= node.id)
  if (!late) return
  throw new InputError({
    who,
    expected: 'operands with smaller numbers',
    got: `operand %${late.id}`,
    hint: 'Make nodes with createNode or withInputs, which number them in order.',
  })
}

function checkType(who: string, node: Node): void {
  const derived = derivedType(who, node)
  if (derived.dtype === node.dtype && sameShape(derived.shape, node.shape)) return
  throw new InputError({
    who,
    expected: `${typeText(derived)}, as its rule in shapes.ts gives`,
    got: typeText(node),
    hint: 'Make nodes with createNode or withInputs, which apply the rule.',
  })
}

/** What the rule gives; its own complaint names the operation only, here the node is known. */
function derivedType(who: string, node: Node): ResultType {
  try {
    return resultType<Operation>(node.operation, node.inputs, node.attributes as AttributesOf<Operation>)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { expected, got, hint } = error
    throw new InputError({ who, expected, got, hint }, { cause: error })
  }
}

function checkResults(program: Program): void {
  for (const [kind, results] of [
    ['output', program.outputs] as const,
    ['update', program.updates] as const,
  ]) {
    for (const [name, node] of Object.entries(results)) {
      const who = `program ${program.name}, ${kind} ${name}`
      if (node.dtype === 'bool') {
        const hint = 'Cast it to int32 or float32.'
        throw new InputError({ who, expected: 'a float32 or int32 result', got: describe(node), hint })
      }
      if (kind === 'output') continue
      const state = Object.hasOwn(program.states, name) ? program.states[name] : undefined
      if (state && state.dtype === node.dtype && sameShape(state.shape, node.shape)) continue
      throw new InputError({
        who,
        expected: state ? typeText(state) : `the name of a state: ${list(program.states)}`,
        got: describe(node),
        hint: 'A new value replaces the old one in place, so it must have the same shape.',
      })
    }
  }
}

function describe(node: Node): string {
  return `%${node.id} ${node.operation} ${typeText(node)}`
}

function typeText({ dtype, shape }: { readonly dtype: DataType; readonly shape: Shape }): string {
  return `${dtype}${formatShape(shape)}`
}

function list(tensors: Tensors): string {
  return Object.keys(tensors).slice(0, 12).join(', ') || '(none)'
}
