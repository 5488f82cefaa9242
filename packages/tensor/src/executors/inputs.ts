import { InputError } from '../errors.ts'
import type { Tensor } from '../graph/operations.ts'
import type { Program } from '../graph/program.ts'
import { elementCount, formatShape, type HostTensor, sameShape } from '../graph/types.ts'
import type { DeviceTensor } from './executor.ts'

/** Checks that there is one tensor for every feed of a program, shaped and filled as traced, and no other one. */
export function checkFeeds(program: Program, feeds: Readonly<Record<string, HostTensor>>): void {
  for (const [name, expected] of Object.entries(program.feeds)) {
    const given = Object.hasOwn(feeds, name) ? feeds[name] : undefined
    if (given && isLike(given, expected) && given.data.length === elementCount(expected.shape)) continue
    refuse(program, 'feed', name, {
      expected: `${describe(expected)} with ${elementCount(expected.shape)} elements`,
      got: given ? `${describe(given)} with ${given.data.length} elements` : 'nothing',
    })
  }
  const unknown = Object.keys(feeds).find((name) => !Object.hasOwn(program.feeds, name))
  if (unknown === undefined) return
  throw new InputError({
    who: `program ${program.name}, feed ${unknown}`,
    expected: `one of the feeds ${Object.keys(program.feeds).join(', ') || '(none)'}`,
    got: `"${unknown}"`,
    hint: 'Leave it out, or trace the program with this feed.',
  })
}

/** Checks that there is one device tensor for every state of a program; others are not looked at. */
export function checkStates(program: Program, states: ReadonlyMap<string, DeviceTensor>): void {
  for (const [name, expected] of Object.entries(program.states)) {
    const given = states.get(name)
    if (given && isLike(given, expected)) continue
    refuse(program, 'state', name, {
      expected: describe(expected),
      got: given ? describe(given) : 'nothing',
    })
  }
}

function refuse(
  program: Program,
  role: 'feed' | 'state',
  name: string,
  difference: { readonly expected: string; readonly got: string },
): never {
  throw new InputError({
    who: `program ${program.name}, ${role} ${name}`,
    ...difference,
    hint: `Pass a tensor for every ${role}, shaped as in the traced program.`,
  })
}

function isLike(given: DeviceTensor, expected: Tensor): boolean {
  return given.dtype === expected.dtype && sameShape(given.shape, expected.shape)
}

function describe({ dtype, shape }: DeviceTensor | Tensor): string {
  return `${dtype}${formatShape(shape)}`
}
