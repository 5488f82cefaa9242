import { InputError, stopGradient, type Tensor } from '@tiny-recursive-models/tensor'
import { type ModelKind, type StateName, stateNames } from './config.ts'

/** What a slot keeps from one supervision step to the next, by name: [L, B, D] each. See `stateNames`. */
export type States = Readonly<Record<string, Tensor>>

/** Those of one kind of model. */
export type StatesOf<Kind extends ModelKind> = Kind extends ModelKind
  ? Readonly<Record<StateName<Kind>, Tensor>>
  : never

/** States by name as those of a kind. */
export function statesOf<Kind extends ModelKind>(kind: Kind, states: States): StatesOf<Kind> {
  const names = stateNames({ kind })
  if (names.every((name) => name in states)) return states as StatesOf<Kind>
  throw new InputError({
    who: `model of kind '${kind}'`,
    expected: `the states ${names.join(', ')}`,
    got: Object.keys(states).join(', ') || 'none',
    hint: 'Begin with startStates, or continue with the states of the previous step.',
  })
}

/** The same states, through which no gradient flows. */
export function withoutGradient<Named extends States>(states: Named): Named {
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => [name, stopGradient(state)]),
  ) as Named
}
