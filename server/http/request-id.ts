import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

/** What an id may look like: it is written to logs, headers and the database. */
const wellFormed = /^[\w-]{8,64}$/

/**
 * The id that stands in the reply, the logs and the security events of a request. A trusted proxy may have given it one already, in `X-Request-Id`; from
 * anybody else an id would let them pass their requests off as another's, and is replaced.
 */
export function createRequestId(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusted = listOf(trustedProxies)
  return ({ headers, socket }) => {
    const given = headers['x-request-id']
    if (typeof given !== 'string' || !wellFormed.test(given)) return randomUUID()
    const address = socket.remoteAddress?.replace(/^::ffff:/, '')
    return address !== undefined && trusted.check(address, familyOf(address)) ? given : randomUUID()
  }
}
