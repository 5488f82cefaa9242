/**
 * Writes a table of puzzles to learn from (docs/your-puzzles.md): Latin squares of five letters, every letter once in
 * every row and column, with one solution each.
 *
 *   node examples/latin-squares.mjs 3000 > my.csv
 */
const letters = [...'abcde']
const size = letters.length
const count = Number(process.argv[2] ?? 3_000)

/** Whole numbers below a bound, the same every time (mulberry32). */
let state = 1
function random(below) {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below
}

function shuffled(list) {
  const mixed = [...list]
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = random(last + 1)
    ;[mixed[last], mixed[other]] = [mixed[other], mixed[last]]
  }
  return mixed
}

const fits = (grid, cell, letter) =>
  letters.every(
    (_, place) =>
      grid[cell - (cell % size) + place] !== letter && grid[place * size + (cell % size)] !== letter,
  )

/** Solutions of a grid, at most `limit`; the last one found is left in `solution`. */
function solutions(grid, limit, order = letters, solution = []) {
  const cell = grid.indexOf('.')
  if (cell < 0) {
    solution.splice(0, solution.length, ...grid)
    return 1
  }
  let found = 0
  for (const letter of order) {
    if (found >= limit) break
    if (!fits(grid, cell, letter)) continue
    grid[cell] = letter
    found += solutions(grid, limit - found, order, solution)
    grid[cell] = '.'
  }
  return found
}

const seen = new Set()
console.log('question,answer')
while (seen.size < count) {
  // The first row in random order makes every square another one.
  const grid = [...shuffled(letters), ...Array(size * (size - 1)).fill('.')]
  const answer = []
  solutions(grid, 1, shuffled(letters), answer)
  const rows = shuffled(letters.keys()).flatMap((row) => answer.slice(row * size, (row + 1) * size))
  const question = [...rows]
  for (const cell of shuffled(question.keys())) {
    question[cell] = '.'
    if (solutions([...question], 2) > 1) question[cell] = rows[cell]
  }
  const text = question.join('')
  if (seen.has(text)) continue
  seen.add(text)
  console.log(`${text},${rows.join('')}`)
}
