/** `npm run fuzz`: damaged files by default, random programs where they are asked for. */
const asksForPrograms = process.argv.slice(2).some((word) => /^--programs?(=|$)/.test(word))

const help = `npm run fuzz -- --programs N [--seed N] [--from N] [--operations]
npm run fuzz -- --program N [--seed N]

Random programs on the executor of our own, without and with relaxed SIMD and with two threads, against the reference:
no number may be further off than the rounding of its operations allows. A fault is printed with the smallest program
that has it. Program N of a seed is always the same; --program runs one alone, --operations says how often each
operation was among them.

Damaged files, without --programs:
`

if (process.argv.includes('--help')) console.log(help)
await (asksForPrograms
  ? import('../packages/tensor/test/fuzz/main.ts')
  : import('../packages/trm/test/fuzz/main.ts'))
