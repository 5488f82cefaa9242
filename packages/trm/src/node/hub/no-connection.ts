import { InputError } from '@tiny-recursive-models/tensor'

/** The hub cannot be reached, or must not be asked: what has been downloaded before may do. */
export class NoConnection extends InputError {}
