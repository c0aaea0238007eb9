import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

type Options = { challenge: string }
type Changes = {
  origin?: string
  /** Whether the owner was checked by PIN or finger. */
  verified?: boolean
  counter?: number
  rpId?: string
}

const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()

/** As much of CBOR (RFC 8949) as an attestation takes. */
function cbor(value: number | string | Buffer | Map<unknown, unknown>): Buffer {
  const head = (major: number, count: number) =>
    count < 24
      ? Buffer.from([(major << 5) | count])
      : count < 256
        ? Buffer.from([(major << 5) | 24, count])
        : Buffer.from([(major << 5) | 25, count >> 8, count & 255])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const entries = [...value].flatMap(([key, item]) => [cbor(key as number), cbor(item as number)])
  return Buffer.concat([head(5, value.size), ...entries])
}

/** An authenticator in software: one passkey, made and used as a browser and its key would (WebAuthn, 6). */
export class Authenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #id = randomBytes(32)
  readonly #synced: boolean
  #counter = 0
  #userHandle = ''

  constructor({ synced = false } = {}) {
    this.#synced = synced
  }

  #data({ verified = true, counter, rpId = 'localhost' }: Changes, attested: Buffer[] = []): Buffer {
    // A synced passkey has no counter (WebAuthn, 6.1.1).
    this.#counter = counter ?? (this.#synced ? 0 : this.#counter + 1)
    const flags = 0x01 | (verified ? 0x04 : 0) | (this.#synced ? 0x18 : 0) | (attested.length > 0 ? 0x40 : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(this.#counter)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, ...attested])
  }

  #client(type: string, { challenge }: Options, { origin = 'http://localhost:3000' }: Changes): string {
    return JSON.stringify({ type, challenge, origin, crossOrigin: false })
  }

  /** `navigator.credentials.create` */
  create(options: Options & { user: { id: string } }, changes: Changes = {}) {
    this.#userHandle = options.user.id
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const key = cbor(
      new Map<number, number | Buffer>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    )
    const authData = this.#data(changes, [Buffer.alloc(16), Buffer.from([0, this.#id.length]), this.#id, key])
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ])
    return {
      id: base64url(this.#id),
      rawId: base64url(this.#id),
      type: 'public-key' as const,
      response: {
        clientDataJSON: base64url(this.#client('webauthn.create', options, changes)),
        attestationObject: base64url(cbor(attestation)),
        transports: ['internal'],
      },
    }
  }

  /** `navigator.credentials.get` */
  get(options: Options, changes: Changes = {}) {
    const client = this.#client('webauthn.get', options, changes)
    const authenticatorData = this.#data(changes)
    const signature = createSign('sha256')
      .update(Buffer.concat([authenticatorData, sha256(client)]))
      .sign(this.#keys.privateKey)
    return {
      id: base64url(this.#id),
      rawId: base64url(this.#id),
      type: 'public-key' as const,
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(signature),
        userHandle: this.#userHandle,
      },
    }
  }
}
