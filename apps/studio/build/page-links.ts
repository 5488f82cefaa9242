/**
 * Puts into index.html what each page consists of, as links in a template each. Which page is meant stands in the address
 * behind `#`, so that `early.js` has to choose; the browser then fetches that page while the first script is still under
 * way, and no other.
 */
import type { Plugin, Rolldown } from 'vite'
import { routes } from '../src/lib/router.ts'

/** The script that chooses must find the templates above it. */
const early = /<script[^>]*early\.js/

export function linkPages(): Plugin {
  return {
    name: 'link-pages',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
        if (!early.test(html)) throw new Error('index.html does not run early.js.')
        const templates = routes.map((route) => {
          const page = chunks.find(({ name }) => name.toLowerCase() === route)
          if (!page) throw new Error(`The build has no page ${route} to link.`)
          return `<template data-page="${route}">${[...needed(page, chunks)].flatMap(linksTo).join('')}</template>`
        })
        return html.replace(early, (script) => `${templates.join('\n    ')}\n    ${script}`)
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

/** Styles are only fetched: who imports the page puts them to use, and waits for them. */
const linksTo = ({ fileName, viteMetadata }: Rolldown.OutputChunk): string[] => [
  `<link rel="modulepreload" href="./${fileName}" crossorigin>`,
  ...[...(viteMetadata?.importedCss ?? [])].map(
    (style) => `<link rel="preload" as="style" href="./${style}" crossorigin>`,
  ),
]
