import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { packed } from './tools/packed.ts'

// Shoal as `shoal serve` starts it: `npm run dev` shows the page over that one's data.
const served = process.env.SHOAL ?? 'http://127.0.0.1:8765'

export default defineConfig({
  base: './', // the server writes <base href>, so the page works below any path
  plugins: [react(), packed()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  server: { proxy: { '/api': served } },
  build: {
    outDir: '../src/shoal/_web',
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Older targets rewrite light-dark() into variables that nobody sets: no colours in the build.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  test: { include: ['src/**/*.test.ts'] },
})
