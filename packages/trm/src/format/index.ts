/** Numbers and times in words, the same for the command line, the page and documents. */
export { byteSize, grouped, noNumber, percent, plural, significant } from './numbers.ts'
export { duration, msLeft, type Pace, timeLeft } from './times.ts'
