// Express with express-session in Postgres, as connect-pg-simple's documentation sets it up: it reads the session on each request and moves its
// expiry on, which is its default (`disableTouch: false`).
import connectPgSimple from 'connect-pg-simple'
import express from 'express'
import session from 'express-session'
import pg from 'pg'
import { type Answer, answerFor } from './answer.ts'

declare module 'express-session' {
  interface SessionData {
    userId: string
  }
}

const PgStore = connectPgSimple(session)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const app = express()
app.get('/ready', (_request, response) => void response.json({ ready: true }))
app.use(
  session({
    store: new PgStore({ pool, createTableIfMissing: true }),
    secret: 'a secret that is only good for measuring',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 30 * 24 * 60 * 60 * 1000 },
  }),
)
app.post('/sign-in', (request, response) => {
  request.session.userId = crypto.randomUUID()
  response.json({ signedIn: true })
})
app.get('/whoami', (request, response) => {
  const { userId } = request.session
  if (!userId) return void response.status(401).json({ error: 'NOT_SIGNED_IN' })
  const answer: Answer = answerFor(userId)
  response.json(answer)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
