/** Writes the tables of recipe fields into docs/glossary.md: `npm run glossary`, after a change of a field. */
import { writeFileSync } from 'node:fs'
import { glossaryFile, writtenGlossary } from './glossary.ts'

writeFileSync(glossaryFile, writtenGlossary().renewed)
