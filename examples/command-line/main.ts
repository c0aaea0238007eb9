import { homedir } from 'node:os'
import { join } from 'node:path'
import { createSessionClient, failureOf } from '@latchkey/client'
import { commands } from './commands.ts'
import { tokenFile } from './token-file.ts'

const {
  LATCHKEY_URL = 'http://localhost:3000',
  ORDERS_URL = 'http://localhost:4000',
  LATCHKEY_TOKENS = join(homedir(), '.latchkey-tokens.json'),
  EMAIL = '',
  PASSWORD = '',
} = process.env

const latchkey = createSessionClient({
  url: LATCHKEY_URL,
  credentials: { email: EMAIL, password: PASSWORD, deviceName: 'Command line' },
  storage: tokenFile(LATCHKEY_TOKENS),
})

const [name = '', ...rest] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.error(`Commands: ${Object.keys(commands).join(', ')}`)
  process.exit(2)
}
try {
  await command({ latchkey, ordersUrl: ORDERS_URL, print: console.log }, rest.join(' '))
} catch (error) {
  const { reason, message } = failureOf(error)
  console.error(`${message} (${reason})`)
  process.exitCode = 1
}
