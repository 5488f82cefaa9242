/** The part of a set that was asked for, and what can be asked of ARC only. */
import { type AnyPuzzleSet, InputError } from '@tiny-recursive-models/trm'
import { arcWithAugmentations, isArcPuzzleSet } from '@tiny-recursive-models/trm/puzzles/arc'

interface AskedOptions {
  readonly augmentations?: number
  readonly submission?: string
}

/** The puzzles under so many augmentations. */
export function askedPart(set: AnyPuzzleSet, { augmentations }: AskedOptions): AnyPuzzleSet {
  if (augmentations === undefined) return set
  if (isArcPuzzleSet(set)) return arcWithAugmentations(set, augmentations)
  throw new InputError({
    who: '--augmentations',
    expected: 'a run trained on ARC tasks',
    got: `one trained on ${set.name}`,
    hint: 'Leave --augmentations out; --limit evaluates a part of a data folder.',
  })
}

/** Refuses what only a vote can give. */
export function refuseArcOptions(name: string, { submission }: AskedOptions): void {
  if (submission === undefined) return
  throw new InputError({
    who: '--submission',
    expected: 'a run trained on ARC tasks',
    got: `one trained on ${name}`,
    hint: 'Leave --submission out.',
  })
}
