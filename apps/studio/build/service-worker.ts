/** Tells the service worker which files the build has made. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** Fetched before anybody asks: the page without models and without ONNX Runtime, which only WebGPU needs. */
const isPrecached = (file: string): boolean =>
  /\.(js|css)$/.test(file) && !/\/ort[.-]|service-worker/.test(file)

/** @param page the path of index.html, whose text is a part of the version */
export function serviceWorkerList(page: string): Plugin {
  return {
    name: 'service-worker-list',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: ({ name }) => name === 'client',
    generateBundle(_options, bundle) {
      const worker = bundle['service-worker.js']
      if (worker?.type !== 'chunk') return
      const files = Object.keys(bundle).filter(isPrecached).sort()
      const text = `${files.join()}${worker.code}${readFileSync(page, 'utf8')}`
      const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
      worker.code = worker.code
        .replaceAll('__PRECACHE__', JSON.stringify([...files, 'icon.svg', 'early.js']))
        .replaceAll('__VERSION__', JSON.stringify(version))
    },
  }
}
