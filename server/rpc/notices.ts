import type { Queryable } from '../database/connect.ts'
import type { Circumstances, Message } from '../mail/message.ts'
import { queueMail } from '../mail/queue-mail.ts'
import { circumstancesOf } from '../user/circumstances.ts'
import { pageLink } from '../user/page-link.ts'
import type { Context } from './context.ts'

type Reviewed = Extract<Message, { link: string; circumstances: Circumstances }>

/** Notices that lead to a page of the dashboard, without what every one of them says. */
type Notice = Reviewed extends infer One ? (One extends Reviewed ? Omit<One, 'link' | 'circumstances'> : never) : never

/** Tells the owner of an account by mail what has just been done to it and from where. Run in the transaction that does it. */
export async function tellOwner(
  transaction: Queryable,
  { services, origin }: Context,
  { to, notice }: { to: string; notice: Notice },
): Promise<void> {
  const { config, clock } = services
  const link = pageLink(config, notice.kind === 'newDevice' ? 'devices' : 'security')
  const message = { ...notice, link, circumstances: circumstancesOf(origin, clock) } as Message
  await queueMail(transaction, services, { to, message })
}
