// A session in Postgres, looked up on each request: one indexed SELECT, nothing written. The least that a session in a database can cost.
import { createHash, randomBytes } from 'node:crypto'
import fastifyCookie from '@fastify/cookie'
import pg from 'pg'
import { answerFor } from './answer.ts'
import { fastifyApp, listen } from './fastify-app.ts'
import { registerStockTrpc } from './stock-trpc.ts'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
await pool.query(`
  create table users (id uuid primary key default gen_random_uuid(), email text not null unique, role text not null);
  create table sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users,
    token_hash bytea not null unique,
    expires_at timestamptz not null
  )`)
const hash = (token: string) => createHash('sha256').update(token).digest()

const app = fastifyApp()
await app.register(fastifyCookie)

app.post('/sign-in', async (_request, reply) => {
  const token = randomBytes(32).toString('base64url')
  await pool.query(
    `with person as (insert into users (email, role) values ($1, 'user') returning id)
     insert into sessions (user_id, token_hash, expires_at) select id, $2, now() + interval '7 days' from person`,
    [`${crypto.randomUUID()}@example.com`, hash(token)],
  )
  return reply.setCookie('session', token, { httpOnly: true, sameSite: 'strict', path: '/' }).send({ signedIn: true })
})

await registerStockTrpc(app, async ({ req }) => {
  const { rows } = await pool.query<{ id: string; user_id: string; role: string }>({
    // Named, so that Postgres parses and plans it once for each connection: faster than most people have it.
    name: 'session',
    text: `select s.id, s.user_id, u.role from sessions s join users u on u.id = s.user_id
           where s.token_hash = $1 and s.expires_at > now()`,
    values: [hash(req.cookies.session ?? '')],
  })
  const [row] = rows
  return { caller: row ? answerFor(row.user_id, row.id) : null }
})
await listen(app)
