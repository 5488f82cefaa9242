export { InputError } from '@tiny-recursive-models/tensor'
