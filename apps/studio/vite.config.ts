import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { compressedFiles } from './build/compressed.ts'
import { firstThoughtModule } from './build/first-thought.ts'
import { linkPages } from './build/page-links.ts'
import { serviceWorkerList } from './build/service-worker.ts'

/** What makes a page cross-origin isolated: only then may WebAssembly use threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Not worth a warning: lazy imports of what is in the same chunk here, and how long a build took. */
const quiet = { ineffectiveDynamicImport: false, pluginTimings: false }

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // The built page works under any path of any host.
  base: './',
  plugins: [
    svelte(),
    firstThoughtModule(),
    serviceWorkerList(here('index.html')),
    linkPages(),
    compressedFiles(),
  ],
  resolve: {
    // The small JavaScript of ONNX Runtime, without a second copy of the glue that is a file of its own.
    conditions: ['onnxruntime-web-use-extern-wasm', 'svelte', 'module', 'browser', 'development|production'],
  },
  worker: { format: 'es', rolldownOptions: { checks: quiet } },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      checks: quiet,
      input: { index: here('index.html'), 'service-worker': here('src/service-worker.ts') },
      output: {
        // A service worker is known by its address, which must not change.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
})
