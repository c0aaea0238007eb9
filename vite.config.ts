import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { text } from './web/text/en.ts'

const backend = 'http://localhost:3000'
const ofMessages = /notifications|react-transition-group/
const ofForms = /@mantine\/form\/|components\/(?:\w*Input\/|Checkbox\/(?!CheckIcon)|NativeSelect\/)|\/web\/form\//
// What follows a password, and what the Security page opens: nobody's first page has it.
const ofCredentials =
  /components\/(?:PinInput|Group)\/|\/web\/credential\/(?:code|second-step)|\/web\/shell\/(?:copy-button|save-file)|\/web\/pages\/recovery\/link-/

// What pages for administrators share, and what they share with the page of activity. What the router reads of their addresses is in the first script.
const ofAdministrators = /\/web\/pages\/admin\/(?!access|admin-search)/
const ofServices = /\/web\/pages\/api-access\//
const ofHistory = /\/web\/chart\/|\/web\/pages\/activity\/event-row/
const notForEverybody = [ofForms, ofMessages, ofCredentials, ofAdministrators, ofServices, ofHistory]

/** What the page says before, and without, any script. */
const firstWords: Plugin = {
  name: 'first-words',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('%product%', text.product).replace('%noScript%', text.noScript),
  },
}

export default defineConfig({
  root: 'web',
  plugins: [react(), firstWords],
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
    // One style sheet and few scripts: beside the head of its reply, a file of a few hundred bytes is mostly head. What only
    // forms need is apart, because the page of devices has none.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'base',
              minShareCount: 2,
              test: (id) => !notForEverybody.some((others) => others.test(id)),
              priority: 2,
            },
            { name: 'form', minShareCount: 2, test: (id) => ofForms.test(id) && !ofCredentials.test(id), priority: 1 },
            { name: 'credential', minShareCount: 2, test: ofCredentials },
            { name: 'administrators', minShareCount: 2, test: ofAdministrators },
            { name: 'services', minShareCount: 2, test: ofServices },
            { name: 'history', minShareCount: 2, test: ofHistory },
          ],
        },
      },
    },
  },
})
