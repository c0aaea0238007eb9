import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const logging = new URL('../../server/http/logging.ts', import.meta.url).href

/** What a process has written that logs as the server does, and then comes to its end. */
function written(statements: string): string[] {
  const program = `
    import { pino } from 'pino'
    import { loggerOptions, logOutput } from ${JSON.stringify(logging)}
    const log = pino(loggerOptions('info'), logOutput())
    const request = (procedures) => log.info({ event: 'request', procedures })
    ${statements}`
  const command = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program]
  const { stdout } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { event, procedures } = JSON.parse(line) as { event: string; procedures?: string }
      return procedures ?? event
    })
}

it('whatever is no line of a request leaves at once, behind those that wait', () => {
  const killed = "process.kill(process.pid, 'SIGKILL')"

  expect(written(`request('first'); log.warn({ event: 'reuse' }); request('last'); ${killed}`)).toEqual([
    'first',
    'reuse',
  ])
})

it.each([
  ['at an orderly end', 'process.exit(0)'],
  ['at a crash', "throw new Error('stray')"],
])('nothing is left behind %s', (_when, end) => {
  expect(written(`request('first'); request('last'); ${end}`)).toEqual(['first', 'last'])
})
