import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** What makes a page cross-origin isolated: only then may WebAssembly use threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Not worth a warning: lazy imports of what is in the same chunk here, and how long a build took. */
const quiet = { ineffectiveDynamicImport: false, pluginTimings: false }

export default defineConfig({
  // The built page works under any path of any host.
  base: './',
  plugins: [svelte()],
  resolve: {
    // The small JavaScript of ONNX Runtime, without a second copy of the glue that `lib/runtime-files.ts` names.
    conditions: ['onnxruntime-web-use-extern-wasm', 'svelte', 'module', 'browser', 'development|production'],
  },
  worker: { format: 'es', rolldownOptions: { checks: quiet } },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    rolldownOptions: { checks: quiet },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
})
