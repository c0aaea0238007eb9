import { writeFileSync } from 'node:fs'

/** Values as the MaxMind DB format writes them: maps, strings and small unsigned numbers. */
function encode(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(6, 4), bytes])
  }
  const entries = Object.entries(value as Record<string, unknown>)
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])])
}

/** Type in the upper three bits, size in the lower five; enough for sizes under 29. */
function control(type: number, size: number): Buffer {
  if (size >= 29) return Buffer.of((type << 5) | 29, size - 29)
  return Buffer.of((type << 5) | size)
}

/** Writes a database of places that knows one IPv4 network of eight bits, such as 203.0.0.0/8. */
export function writeLocationFile(file: string, network: number, place: { city?: string; country: string }): void {
  const nodeCount = 8
  const data = encode({
    ...(place.city ? { city: { names: { en: place.city } } } : {}),
    country: { names: { en: place.country } },
  })
  const tree = Buffer.alloc(nodeCount * 6)
  for (let node = 0; node < nodeCount; node++) {
    const bit = (network >> (7 - node)) & 1
    // Below the last node stands the data; beside the path there is nothing, which is said by the number of nodes.
    const next = node + 1 < nodeCount ? node + 1 : nodeCount + 16
    tree.writeUIntBE(bit === 0 ? next : nodeCount, node * 6, 3)
    tree.writeUIntBE(bit === 1 ? next : nodeCount, node * 6 + 3, 3)
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'Test-City',
    ip_version: 4,
    node_count: nodeCount,
    record_size: 24,
  })
  const marker = Buffer.concat([Buffer.of(0xab, 0xcd, 0xef), Buffer.from('MaxMind.com')])
  writeFileSync(file, Buffer.concat([tree, Buffer.alloc(16), data, marker, metadata]))
}
