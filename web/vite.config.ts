import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { packed } from './tools/packed.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Shoal as `shoal serve` starts it: `npm run dev` shows the page over that one's data.
const served = process.env.SHOAL ?? 'http://127.0.0.1:8765'

export default defineConfig({
  base: './', // the server writes <base href>, so the page works below any path
  plugins: [react(), packed()],
  resolve: { alias: { '@': here('src') } },
  server: { proxy: { '/api': served } },
  build: {
    outDir: '../src/shoal/_web',
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Older targets rewrite light-dark() into variables that nobody sets: no colours in the build.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // A browser asks six at a time: what every screen needs comes in one piece, the small parts that
    // the first screens share in another.
    chunkSizeWarningLimit: 700, // `npm run sizes` weighs what is sent
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 2 },
            { name: 'parts', test: /lucide-react|src[\\/](app[\\/]address|charts[\\/]Spark|bring[\\/]BringLink|ui[\\/](AsOf|DataTable|Stat)\b)/, minShareCount: 5 },
          ],
        },
      },
    },
  },
  test: { include: ['src/**/*.test.ts'] },
})
