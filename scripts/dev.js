// `npm run dev`: the server restarts and the page reloads when a source changes. Open the address that Vite prints.
import { spawn } from 'node:child_process'

const environment = { ...process.env, ALLOWED_ORIGINS: process.env.ALLOWED_ORIGINS ?? 'http://localhost:5173' }
const children = [
  ['tsx', 'watch', '--clear-screen=false', 'server/main.ts'],
  ['vite', 'dev'],
].map(([program, ...args]) => spawn(`node_modules/.bin/${program}`, args, { stdio: 'inherit', env: environment }))

let stopping = false
function stop(code) {
  if (stopping) return
  stopping = true
  for (const child of children) child.kill('SIGTERM')
  process.exitCode = code
}

for (const child of children) child.on('exit', (code) => stop(code ?? 0))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0))
