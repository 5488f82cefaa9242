import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Sections of docs/reference.md that comments under a folder cite, by file. */
function cited(folder: string): readonly (readonly [file: string, section: string])[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : cited(path)
    if (!/\.(ts|svelte)$/.test(entry.name)) return []
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(/reference section (\d+)/g)].map((match) => [path, match[1]!] as const)
  })
}

test('every section of the reference that a comment cites is there', () => {
  const text = readFileSync(join(root, 'docs/reference.md'), 'utf8')
  const sections = new Set([...text.matchAll(/^## (\d+)\. /gm)].map((match) => match[1]!))
  const found = ['packages', 'apps', 'bench/src', 'testing'].flatMap(cited)
  assert.ok(found.length >= 15, `${found.length} citations`)
  assert.deepEqual(
    found.filter(([, section]) => !sections.has(section)),
    [],
  )
})
