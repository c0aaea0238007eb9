/**
 * Does `work` when no other tab of this browser is doing it, until the signal is given. Where the browser keeps no locks, as on
 * an insecure address, every tab works for itself.
 */
export async function inTurn(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work(signal)
  try {
    await navigator.locks.request('latchkey-watch', { signal }, () => work(signal))
  } catch (error) {
    // The signal came while another tab had its turn.
    if (!signal.aborted) throw error
  }
}

/** Resolves after that time, or as soon as the signal is given. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
