/** Has the browser fetch the page Think, which most visits begin with, while the first script is still under way. */
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite'

export function preloadFirstPage(): Plugin {
  return {
    name: 'preload-first-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
        const first = chunks.find(({ name }) => name === 'Think')
        if (!first) throw new Error('The build has no page Think to preload.')
        return [...needed(first, chunks)].flatMap(linksTo)
      },
    },
  }
}

/** A chunk and all that it imports. */
function needed(
  chunk: Rolldown.OutputChunk,
  chunks: readonly Rolldown.OutputChunk[],
): Set<Rolldown.OutputChunk> {
  const found = new Set<Rolldown.OutputChunk>()
  const pending = [chunk]
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (found.has(next) || next.isEntry) continue
    found.add(next)
    const { imports } = next
    pending.push(...chunks.filter(({ fileName }) => imports.includes(fileName)))
  }
  return found
}

function linksTo({ fileName, viteMetadata }: Rolldown.OutputChunk): HtmlTagDescriptor[] {
  const styles = [...(viteMetadata?.importedCss ?? [])]
  return [
    link({ rel: 'modulepreload', href: `./${fileName}` }),
    // Other pages load them for nothing; a preload that is not used would be a warning there.
    ...styles.map((style) => link({ rel: 'stylesheet', href: `./${style}` })),
  ]
}

const link = (attrs: Readonly<Record<string, string>>): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { ...attrs, crossorigin: true },
  injectTo: 'head',
})
