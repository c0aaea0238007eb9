import { setTimeout as delay } from 'node:timers/promises'
import type { Fleet } from '../../test/harness/fleet.ts'
import type { TcpProxy } from '../../test/harness/tcp-proxy.ts'
import { random } from './device.ts'
import type { Ledger } from './ledger.ts'

/** What fails, one after the other; none of it for as long as a page would go on asking in vain. */
const faults: Record<string, (fleet: Fleet, fronts: readonly TcpProxy[]) => Promise<void>> = {
  async 'instance killed'(fleet) {
    // The first instance is left alone: its memory is measured over the whole time.
    const member = fleet.member(1 + random(fleet.members.length - 1))
    await member.kill()
    await delay(500)
    await member.start()
  },
  async 'backends terminated'(fleet) {
    await fleet.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and backend_type = 'client backend'`
  },
  async 'browsers cut off'(_fleet, fronts) {
    for (const front of fronts) front.cut()
  },
  async 'database cut off'(fleet) {
    for (const { wire } of fleet.members) {
      wire.cut()
      await delay(random(50))
    }
  },
  async 'Postgres stopped'(fleet) {
    await fleet.postgres.stop(random(2) ? 'fast' : 'immediate')
    await delay(random(2_000))
    await fleet.postgres.start()
  },
  async 'database hung'(fleet) {
    const { wire } = fleet.member(random(fleet.members.length))
    wire.hold(random(2) ? 'toServer' : 'toClient')
    await delay(1_000 + random(6_000))
    wire.release()
  },
  async 'connections forgotten'(fleet) {
    fleet.member(random(fleet.members.length)).wire.abandon()
  },
}

export async function failNowAndThen(
  { fleet, fronts, ledger }: { fleet: Fleet; fronts: readonly TcpProxy[]; ledger: Ledger },
  stopping: AbortSignal,
): Promise<void> {
  const names = Object.keys(faults)
  for (let turn = 0; !stopping.aborted; turn++) {
    await delay(5_000 + random(3_000))
    if (stopping.aborted) return
    const name = names[turn % names.length] ?? ''
    await faults[name]?.(fleet, fronts)
    ledger.faults[name] = (ledger.faults[name] ?? 0) + 1
  }
}
