/** Puts the recorded first thought into the page, as the module `virtual:first-thought`. */
import { fileURLToPath } from 'node:url'
import { type Plugin, runnerImport } from 'vite'

const name = 'virtual:first-thought'
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export function firstThoughtModule(): Plugin {
  return {
    name: 'first-thought',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    async load(id) {
      if (id !== `\0${name}`) return null
      // By Vite's own loader: the packages are TypeScript, which this file's loader may not read.
      const { module } = await runnerImport<typeof import('./record.ts')>(here('record.ts'), {
        logLevel: 'error',
      })
      return `export default ${JSON.stringify(await module.recordFirstThought(here('../../../packages/trm/models')))}`
    },
  }
}
