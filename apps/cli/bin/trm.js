#!/usr/bin/env node
// Runs the built program, or inside the repository its TypeScript sources.
import { existsSync, readFileSync } from 'node:fs'

const [word, ...more] = process.argv.slice(2)
const built = new URL('../dist/main.js', import.meta.url)
if (word === '--version' && more.length === 0) {
  // Answered without the compiler, which takes longer to start than all the rest.
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  process.stdout.write(`${version}\n`)
} else if (existsSync(built)) {
  await import(built.href)
} else {
  const { register } = await import('tsx/esm/api')
  register()
  await import('../src/main.ts')
}
