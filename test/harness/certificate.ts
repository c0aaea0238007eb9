import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate for this machine that signs itself, and is good for two days. */
export type Certificate = { certificateFile: string; keyFile: string; cert: string; key: string }

/** Writes a new certificate and its key into `folder`. */
export function createCertificate(folder: string, name = 'certificate'): Certificate {
  const [certificateFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certificateFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return { certificateFile, keyFile, cert: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}
