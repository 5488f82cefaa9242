import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplesOf, printedBy } from '../../../testing/examples.ts'

const [inNode, inPage, ...others] = examplesOf('packages/trm/README.md', 'js')

test('the README solves a puzzle in Node', async () => {
  assert.match(
    await printedBy(inNode!),
    /^step 1: (solved|not yet)\n[\s\S]*^step \d+: solved\n 2 [1-6] 5 \| [1-6]/m,
  )
})

test('the README shows the page of docs/browser.md, which testing/packed builds and opens', () => {
  assert.equal(inPage, examplesOf('docs/browser.md', 'js')[0])
  assert.deepEqual(examplesOf('packages/trm/README.md', 'html'), [examplesOf('docs/browser.md', 'html')[0]])
  assert.deepEqual(others, [])
})
