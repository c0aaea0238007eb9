import { expect, it } from 'vitest'
import { networkOf } from '../../server/rpc/limits.ts'

it.each([
  ['203.0.113.7', 'ipv4 203.0.113'],
  ['203.0.113.250', 'ipv4 203.0.113'],
  ['203.0.114.7', 'ipv4 203.0.114'],
  ['::ffff:203.0.113.7', 'ipv4 203.0.113'],
  ['2001:db8:1:2::1', 'ipv6 32.1.13.184.0.1.0.2'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', 'ipv6 32.1.13.184.0.1.0.2'],
  ['2001:db8:1:3::1', 'ipv6 32.1.13.184.0.1.0.3'],
  ['fe80::1%eth0', 'ipv6 254.128.0.0.0.0.0.0'],
  ['::1', 'ipv6 0.0.0.0.0.0.0.0'],
  ['somewhere', 'unknown'],
  ['203.0.113', 'ipv4 203.0.0'],
  ['', 'unknown'],
  [null, 'unknown'],
])('the address %s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
