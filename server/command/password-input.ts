import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Shows what is asked, and nothing of what is typed. */
function silentTerminal(): Writable & { say(text: string): void } {
  return Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
    say: (text: string) => void process.stderr.write(text),
  })
}

async function typed(): Promise<string | null> {
  const output = silentTerminal()
  const terminal = createInterface({ input: process.stdin, output, terminal: true })
  try {
    output.say('New password: ')
    const first = await terminal.question('')
    output.say('\nAgain: ')
    const second = await terminal.question('')
    output.say('\n')
    return first === second ? first : null
  } finally {
    terminal.close()
  }
}

/**
 * A password from standard input: typed twice without being shown at a terminal, else everything up to the end. Never from an argument, which
 * every user of the machine could read in the list of processes. `null` when the two differ.
 */
export async function readPassword(): Promise<string | null> {
  if (process.stdin.isTTY) return typed()
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  return text.replace(/\r?\n$/, '')
}
