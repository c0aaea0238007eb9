import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const backend = 'http://localhost:3000'

export default defineConfig({
  root: 'web',
  plugins: [react()],
  // The server replaces the placeholder with a fresh nonce in every response it serves.
  html: { cspNonce: '__CSP_NONCE__' },
  server: {
    port: 5173,
    strictPort: true,
    // With the slash: without it the prefix takes in the module /trpc.ts.
    proxy: { '/trpc/': backend, '/.well-known': backend, '/livez': backend, '/readyz': backend },
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
  },
})
