const idLength = 16
const secretLength = 32

/** Which row, and what proves the right to it: a random secret of 256 bits. */
export type NamedSecret = { id: string; secret: Buffer }

/** Characters of the text: 48 bytes in base64url. */
const namedSecretLength = ((idLength + secretLength) * 4) / 3

/** `id (16) ‖ secret (32)` in base64url. */
export function writeNamedSecret({ id, secret }: NamedSecret): string {
  return Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), secret]).toString('base64url')
}

/** Reads such a text; `null` for what cannot be one, or is not its one spelling, so that garbage costs no query. */
export function readNamedSecret(text: string): NamedSecret | null {
  if (text.length !== namedSecretLength) return null
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== idLength + secretLength || bytes.toString('base64url') !== text) return null
  const hex = bytes.toString('hex', 0, idLength)
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { id, secret: bytes.subarray(idLength) }
}
