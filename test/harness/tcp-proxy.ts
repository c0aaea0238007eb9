import { connect, createServer, type Socket } from 'node:net'

/** Which way bytes travel: the client is whoever opened the connection. */
export type Direction = 'toServer' | 'toClient'

/** One connection through the proxy. */
export type ProxiedConnection = {
  /** The first bytes that the client sent, read as Latin-1: enough to tell connections apart. */
  opening: string
}

type Which = (connection: ProxiedConnection) => boolean

/** A wire that can be cut, or hang without being closed: what a firewall, a failing switch or a lost packet does to a connection. */
export type TcpProxy = {
  port: number
  /** The same address by way of this proxy. */
  through(url: string): string
  /** From now on bytes, and the news that an end has closed, stay in the wire; on new connections too. */
  hold(direction: Direction | 'both', which?: Which): void
  /** What is held in one direction now, over all connections, read as Latin-1. */
  held(direction: Direction): string
  /** Whatever is held goes on its way. */
  release(): void
  /** Connections that are open now hang for ever; new ones pass. */
  abandon(which?: Which): void
  /** Resets both ends. What was held is lost. */
  cut(which?: Which): void
  /** How many connections are open towards the server. */
  count(): number
  /** Bytes take this long in each direction. */
  delay(milliseconds: number): void
  close(): Promise<void>
}

type Rule = { direction: Direction | 'both'; which: Which }
type Parcel = Buffer | 'end'

const openingLength = 8_192
const all: Which = () => true

/** One direction of one connection. */
class Pipe {
  readonly parcels: Parcel[] = []
  readonly to: Socket
  constructor(from: Socket, to: Socket, arrive: (pipe: Pipe, parcel: Parcel) => void) {
    this.to = to
    from.on('data', (chunk: Buffer) => arrive(this, chunk))
    // A socket that is destroyed closes without having ended.
    from.once('end', () => arrive(this, 'end'))
    from.once('close', () => arrive(this, 'end'))
    from.on('error', () => {})
  }

  pass(parcel: Parcel): void {
    if (parcel === 'end') this.to.end()
    else if (this.to.writable) this.to.write(parcel)
  }

  flush(): void {
    for (const parcel of this.parcels.splice(0)) this.pass(parcel)
  }
}

type Wire = { connection: ProxiedConnection; client: Socket; server: Socket; abandoned: boolean } & Record<
  Direction,
  Pipe
>

/** A proxy on a free loopback port in front of `target`, a host and a port. */
export async function startTcpProxy(target: { host?: string; port: number }): Promise<TcpProxy> {
  const wires = new Set<Wire>()
  let rule: Rule | null = null
  let latency = 0

  const isHeld = (wire: Wire, direction: Direction) =>
    wire.abandoned ||
    (rule !== null && (rule.direction === 'both' || rule.direction === direction) && rule.which(wire.connection))

  const listener = createServer((client) => {
    const server = connect(target.port, target.host ?? '127.0.0.1')
    const connection = { opening: '' }
    const arriving = (direction: Direction) => (pipe: Pipe, parcel: Parcel) => {
      if (direction === 'toServer' && parcel !== 'end' && connection.opening.length < openingLength)
        connection.opening += parcel.toString('latin1')
      const arrive = () => (isHeld(wire, direction) ? void pipe.parcels.push(parcel) : pipe.pass(parcel))
      if (latency > 0) setTimeout(arrive, latency)
      else arrive()
    }
    const wire: Wire = {
      connection,
      client,
      server,
      abandoned: false,
      toServer: new Pipe(client, server, arriving('toServer')),
      toClient: new Pipe(server, client, arriving('toClient')),
    }
    client.setNoDelay(true)
    server.setNoDelay(true)
    wires.add(wire)
    const forget = () => client.destroyed && server.destroyed && wires.delete(wire)
    client.once('close', forget)
    server.once('close', forget)
  })

  const matching = (which: Which) => [...wires].filter((wire) => which(wire.connection))

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
  const address = listener.address()
  if (!address || typeof address !== 'object') throw new Error('The proxy has no port')
  const { port } = address

  return {
    port,
    through(url) {
      const proxied = new URL(url)
      proxied.hostname = '127.0.0.1'
      proxied.port = String(port)
      return proxied.href.replace(/\/$/, '')
    },
    hold(direction, which = all) {
      rule = { direction, which }
    },
    held: (direction) =>
      [...wires]
        .flatMap((wire) => wire[direction].parcels)
        .map((parcel) => (parcel === 'end' ? '' : parcel.toString('latin1')))
        .join(''),
    release() {
      rule = null
      for (const wire of wires) {
        if (wire.abandoned) continue
        wire.toServer.flush()
        wire.toClient.flush()
      }
    },
    abandon(which = all) {
      for (const wire of matching(which)) wire.abandoned = true
    },
    cut(which = all) {
      for (const { client, server } of matching(which)) {
        client.resetAndDestroy()
        server.resetAndDestroy()
      }
    },
    count: () => [...wires].filter(({ server }) => !server.destroyed).length,
    delay(milliseconds) {
      latency = milliseconds
    },
    async close() {
      for (const { client, server } of wires) {
        client.destroy()
        server.destroy()
      }
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
