import { expect, it } from 'vitest'
import { localPath } from '../../web/local-path.ts'

it.each([
  ['/devices', '/devices'],
  ['/activity?days=7#today', '/activity?days=7#today'],
  ['devices', '/devices'],
  [window.location.origin, '/'],
])('after signing in %s leads to %s', (next, path) => {
  expect(localPath(next)).toBe(path)
})

it.each([
  'https://evil.example/devices',
  '//evil.example/devices',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  ' https://evil.example',
  `${window.location.origin}@evil.example`,
  `${window.location.origin}.evil.example`,
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://evil.example/1',
  'http://[',
])('after signing in %j leads nowhere but home', (next) => {
  const path = localPath(next)

  expect(new URL(path, window.location.origin).origin).toBe(window.location.origin)
  expect(path).toBe('/')
})

it('after signing in one is at home when nothing else was asked for', () => {
  expect(localPath(undefined)).toBe('/')
})
