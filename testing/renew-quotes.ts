/**
 * Writes what `trm explain --example rmsNorm` prints into docs/executor.md: `npm run quotes`, after a change of what the
 * executor makes of programs. Its parts follow each other there, each behind a comment with its number.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))
const file = path('docs/executor.md')
const output = execFileSync(
  process.execPath,
  [path('apps/cli/bin/trm.js'), 'explain', '--example', 'rmsNorm'],
  {
    encoding: 'utf8',
  },
)
const parts = output.split(/^\d\. .*\n\n/m).slice(1)
const renewed = readFileSync(file, 'utf8').replace(
  /(<!-- explain (\d) -->\n\n```\n)[^`]*(```\n)/g,
  (_, before: string, number: string, after: string) =>
    `${before}${parts[Number(number) - 1]!.trimEnd()}\n${after}`,
)
writeFileSync(file, renewed)
