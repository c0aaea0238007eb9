import { connect } from 'node:net'

/** Sends these very bytes, for what no HTTP client would write, and answers the whole reply as text. */
export function rawRequest(baseUrl: string, lines: readonly string[], body = ''): Promise<string> {
  const { port } = new URL(baseUrl)
  return new Promise((resolve, reject) => {
    let reply = ''
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.end(`${[...lines, 'Connection: close', '', ''].join('\r\n')}${body}`)
    })
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      reply += text
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(reply))
  })
}
