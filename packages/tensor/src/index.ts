export { InputError } from './errors.ts'
export { RandomStream } from './random/random-stream.ts'
