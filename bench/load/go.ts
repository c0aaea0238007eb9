/** Says that this program is ready, and answers when it is told to go. */
export async function toldToGo(): Promise<void> {
  await new Promise((resolve) => {
    process.once('message', resolve)
    process.send?.('ready')
  })
  process.disconnect?.()
}
