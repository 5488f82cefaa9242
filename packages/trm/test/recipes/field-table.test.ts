import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { writtenGlossary } from '../../../../testing/glossary.ts'
import { fieldText } from '../../src/data/field-text.ts'
import { dataFields } from '../../src/puzzles/index.ts'
import { recipeFields } from '../../src/recipes/fields.ts'
import { findRecipe, recipeFieldTable, recipeNames } from '../../src/recipes/index.ts'

/** Every field below `schema`, by its path: sections, lists and what can be null are looked into. */
function* fieldsBelow(schema: z.ZodType, path: string): Generator<readonly [string, z.ZodType]> {
  if (path !== '') yield [path, schema]
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    for (const [inner, field] of fieldsBelow(schema.unwrap() as z.ZodType, path))
      if (inner !== path) yield [inner, field]
  } else if (schema instanceof z.ZodArray) {
    for (const [inner, field] of fieldsBelow(schema.element as z.ZodType, path))
      if (inner !== path) yield [inner, field]
  } else if (schema instanceof z.ZodObject) {
    for (const [name, field] of Object.entries(schema.shape as Record<string, z.ZodType>))
      yield* fieldsBelow(field, path === '' ? name : `${path}.${name}`)
  }
}

const all = [
  ...fieldsBelow(recipeFields, ''),
  ...dataFields.flatMap((fields) => [...fieldsBelow(fields, `data(${fields.shape.kind.value})`)].slice(1)),
]

test('every field says what it is, once, and as the end of a sentence', () => {
  const paths = all.map(([path]) => path)
  for (const path of [
    'model.width',
    'noise.power',
    'training.stages.until',
    'optimizer.loss',
    'data(arc).canvas',
  ])
    assert.ok(paths.includes(path), path)
  for (const [path, field] of all) {
    const { title, description } = fieldText(field, path)
    assert.match(title, /^[A-Z]/, path)
    assert.doesNotMatch(description, /^\s|[.|\n]$|\|/, path)
  }
})

test('a field without a description is refused', () =>
  assert.throws(() => fieldText(z.number(), 'model.mute'), /^Error: model\.mute has no description$/))

test('the table has every key of every recipe', () => {
  const keys = new Set(recipeFieldTable().map(({ key }) => key))
  for (const name of recipeNames) {
    const recipe = findRecipe(name)
    const own = new Set(recipeFieldTable(recipe.data.kind).map(({ key }) => key))
    for (const section of ['model', 'data', 'optimizer', 'training'] as const)
      for (const key of Object.keys(recipe[section])) {
        assert.ok(own.has(`${section}.${key}`), `${name} ${section}.${key}`)
        assert.ok(keys.has(`${section}.${key}`), `${section}.${key}`)
      }
  }
})

test('the table of one kind of data has each key once', () => {
  for (const { shape } of dataFields) {
    const keys = recipeFieldTable(shape.kind.value).map(({ key }) => key)
    assert.deepEqual(keys, [...new Set(keys)])
  }
})

test('docs/glossary.md has these tables (npm run glossary)', () => {
  const { written, renewed } = writtenGlossary()
  assert.equal(written, renewed)
})
