export { InputError } from './errors.ts'
