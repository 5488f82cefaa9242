import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type ModelFieldName, modelFields, modelFieldText } from '../../src/settings/model.ts'

test('the glossary says of the model fields what they say of themselves', () => {
  const glossary = readFileSync(new URL('../../../../docs/glossary.md', import.meta.url), 'utf8')
  const section = /\n## Model fields\n(.*?)\n## /s.exec(glossary)?.[1] ?? ''
  const written = section.split('\n').filter((line) => line.startsWith('| `'))
  const rows = (Object.keys(modelFields.shape) as ModelFieldName[]).map((name) => {
    const { paper = '–', official = '–', description } = modelFieldText(name)
    return `| \`${name}\` | ${paper} | ${official} | ${description} |`
  })
  // The last three come from the data.
  assert.deepEqual(written.slice(0, -3), rows)
})
