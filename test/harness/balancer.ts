import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './postgres-server.ts'

export type Balancer = {
  /** Plain http, behind the same rules as the https that it serves. */
  url: string
  secureUrl: string
  output(): string
  stop(): Promise<void>
}

const shipped = fileURLToPath(new URL('../../deploy/haproxy.cfg', import.meta.url))

function selfSigned(folder: string): string {
  const [key, certificate, both] = ['key.pem', 'certificate.pem', 'tls.pem'].map((name) => join(folder, name))
  if (!key || !certificate || !both) throw new Error('Three files are needed')
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  execFileSync('openssl', [...request, '-subj', '/CN=localhost', '-keyout', key, '-out', certificate], {
    stdio: 'pipe',
  })
  writeFileSync(both, `${readFileSync(certificate, 'utf8')}${readFileSync(key, 'utf8')}`)
  return both
}

/** HAProxy with the configuration that is shipped, in which only addresses are other ones. */
export async function startBalancer(servers: readonly string[]): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-balancer-'))
  const [secure, plain] = [await freePort(), await freePort()]
  const certificate = selfSigned(folder)
  const addresses = servers.map((url, index) => `  server latchkey-${index + 1} ${new URL(url).host}`)
  const text = readFileSync(shipped, 'utf8')
    .replace(/( {2}server .*\n)+/, `${addresses.join('\n')}\n`)
    .replace('/etc/haproxy/tls.pem', certificate)
    .replace('bind :443', `bind 127.0.0.1:${plain}\n  bind 127.0.0.1:${secure}`)
    .replace('bind :80', `bind 127.0.0.1:${await freePort()}`)
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, text)
  execFileSync('haproxy', ['-c', '-f', file], { stdio: 'pipe' })

  let output = ''
  const child: ChildProcess = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const exited = new Promise((resolve) => child.once('close', resolve))
  process.once('exit', () => child.kill('SIGKILL'))

  const url = `http://127.0.0.1:${plain}`
  const giveUpAt = Date.now() + 20_000
  while (
    !(await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error(`HAProxy does not balance:\n${output}`)
    await delay(50)
  }
  return {
    url,
    secureUrl: `https://127.0.0.1:${secure}`,
    output: () => output,
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
