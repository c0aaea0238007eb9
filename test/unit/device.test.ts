import { describe, expect, it } from 'vitest'
import { deviceLabel, readDevice } from '../../server/http/device.ts'

describe('a user agent', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
      { kind: 'desktop', browser: 'Chrome', os: 'Windows' },
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0',
      { kind: 'desktop', browser: 'Microsoft Edge', os: 'Windows' },
      'Microsoft Edge on Windows',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      { kind: 'desktop', browser: 'Firefox', os: 'Linux' },
      'Firefox on Linux',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      { kind: 'desktop', browser: 'Safari', os: 'macOS' },
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      { kind: 'mobile', browser: 'Safari', os: 'iOS' },
      'Safari on iOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
      { kind: 'mobile', browser: 'Chrome', os: 'Android' },
      'Chrome on Android',
    ],
    ['curl/8.5.0', { kind: 'app', browser: 'curl', os: null }, 'curl'],
    ['backup-job/2.1 (+https://example.com)', { kind: 'app', browser: 'backup-job', os: null }, 'backup-job'],
    ['', { kind: 'unknown', browser: null, os: null }, null],
    [undefined, { kind: 'unknown', browser: null, os: null }, null],
  ])('%s says which device it is', (userAgent, device, label) => {
    expect(readDevice(userAgent)).toEqual(device)
    expect(deviceLabel(readDevice(userAgent))).toBe(label)
  })

  it.each([
    ['markup', '<script>alert(1)</script>'],
    ['an escape sequence', '\u001b[31mred'],
    ['a very long word', 'x'.repeat(100_000)],
    ['very many brackets', '('.repeat(50_000)],
    ['a property of every object', '__proto__'],
  ])('of %s says little, and costs little', (_what, userAgent) => {
    const device = readDevice(userAgent)

    expect(device.kind).toBe('app')
    expect(device.browser ?? '').toMatch(/^[\w.-]{0,30}$/)
  })
})
