/** A client's name and secret, as it presented them. */
export type ClientCredentials = { id: string; secret: string }

/** RFC 6749, 2.3.1, wants both halves form-encoded before they are put together. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

function fromBasic(encoded: string): ClientCredentials | null {
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) return null
  const [id, secret] = [decode(pair.slice(0, colon)), decode(pair.slice(colon + 1))]
  return id !== null && secret !== null ? { id, secret } : null
}

/**
 * Reads client credentials from HTTP Basic or the form (RFC 6749, 2.3.1); `ambiguous` when both are used, which the same section
 * forbids, and `null` when there are none that can be read.
 */
export function readClientCredentials(
  authorization: string | undefined,
  form: URLSearchParams,
): ClientCredentials | 'ambiguous' | null {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')]
  if (authorization !== undefined) {
    if (secret !== null) return 'ambiguous'
    const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1]
    const client = encoded ? fromBasic(encoded) : null
    return client && id !== null && id !== client.id ? 'ambiguous' : client
  }
  return id !== null && secret !== null ? { id, secret } : null
}
