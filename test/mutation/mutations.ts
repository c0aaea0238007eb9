// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are source code
/** One thing that the server must not lose. */
export type Mutation = {
  name: string
  file: string
  /** Exactly as it is in the file, and once. */
  text: string
  becomes: string
  /** Tests that should notice, tried first; all the others follow if they do not. */
  tests: readonly string[]
  /** Whether they must notice by themselves: the model has to be able to. */
  alone?: true
  /** Why nothing can notice, when nothing can: another check says the same on purpose. */
  equivalent?: string
}

type Entry = [name: string, text: string, becomes?: string, equivalent?: string]

const of = (file: string, tests: readonly string[], entries: readonly Entry[]): Mutation[] =>
  entries.map(([name, text, becomes = '', equivalent]) => ({
    name,
    file,
    tests,
    text,
    becomes,
    ...(equivalent ? { equivalent } : {}),
  }))

const rotation = ['test/server/rotation.test.ts', 'test/attacks/refresh/forged-tokens.test.ts']
const reuse = [
  'test/attacks/refresh/reuse.test.ts',
  'test/concurrency/parallel-refresh.test.ts',
  'test/concurrency/reuse-races.test.ts',
]
const revocation = [
  'test/server/session-revocation.test.ts',
  'test/server/revoking-what-is-over.test.ts',
  'test/concurrency/lock-order.test.ts',
]
const opening = [
  'test/server/sign-in.test.ts',
  'test/concurrency/sign-in-races.test.ts',
  'test/concurrency/races.test.ts',
]
const accessTokens = ['test/attacks/access-tokens/verification.test.ts', 'test/attacks/access-tokens/edges.test.ts']
const refreshTokens = ['test/attacks/refresh/malformed-tokens.test.ts', 'test/attacks/refresh/forged-tokens.test.ts']
const feed = ['test/server/feed-freshness.test.ts', 'test/concurrency/revocation-feed.test.ts']

const ownedAlready =
  'Nobody reaches this statement with another user’s session; the filter is there so that nobody ever does.'

/** Where a safeguard is missed if the tests that are named for it miss it. */
export const otherTests = [
  'test/server/auto-refresh.test.ts',
  'test/server/rotation.test.ts',
  'test/attacks/refresh/reuse.test.ts',
  'test/server/secret-rotation.test.ts',
  'test/server/session-revocation.test.ts',
  'test/server/revoking-what-is-over.test.ts',
  'test/server/sign-in.test.ts',
  'test/server/sign-out.test.ts',
  'test/server/change-password.test.ts',
  'test/server/signing-keys.test.ts',
  'test/server/service-accounts.test.ts',
  'test/server/tokens-for-programs.test.ts',
  'test/concurrency',
  'test/model/family.test.ts',
]

export const mutations: readonly Mutation[] = [
  ...of('server/session/rotate-session.ts', rotation, [
    [
      'rotates without looking which session it is',
      's.id = ${presented.sessionId}\n          and s.generation',
      's.generation',
    ],
    ['rotates whatever generation is presented', '          and s.generation = ${presented.generation}\n'],
    ['rotates whatever secret is presented', '          and s.secret_hash = ${presented.hash}\n'],
    ['rotates a revoked session', '          and s.revoked_at is null\n'],
    ['rotates an idle session', '          and s.idle_expires_at > ${now}\n'],
    ['rotates a session past its absolute expiry', '          and s.absolute_expires_at > ${now}\n'],
    [
      'lets the idle expiry pass the absolute one',
      'least(${after(now, config.sessionIdleTtlSeconds)}, s.absolute_expires_at)',
      '${after(now, config.sessionIdleTtlSeconds)}',
    ],
    ['compares with any user', '          and u.id = s.user_id\n'],
    ['rotates a session of an old token version', '          and u.token_version = s.token_version\n'],
    ['rotates for a suspended user', '          and u.suspended_at is null\n'],
    [
      'reads any family',
      'join ${users} u on u.id = s.user_id\n        where s.id = ${presented.sessionId}',
      'join ${users} u on u.id = s.user_id',
    ],
    ['does not see an old token version', 'u.token_version <> s.token_version or u.suspended_at', 'u.suspended_at'],
    ['does not see a suspended user', ' or u.suspended_at is not null as disowned', ' as disowned'],
    ['does not see a revocation', "'revoked', family.revoked_at is not null", "'revoked', false"],
    [
      'does not see an expiry',
      "'expired', least(family.idle_expires_at, family.absolute_expires_at) <= ${now}",
      "'expired', false",
    ],
    [
      'takes an expiry to be a moment later',
      'family.absolute_expires_at) <= ${now}',
      'family.absolute_expires_at) < ${now}',
    ],
    ['lets the retry window slide', 'rotated_at = ${now}', 'rotated_at = s.rotated_at'],
  ]),
  ...of(
    'server/session/rotate-session.ts',
    ['test/concurrency/parallel-refresh.test.ts'],
    [['looks once only', 'looks < 5', 'looks < 1']],
  ),

  ...of('server/session/end-reused-session.ts', reuse, [
    ['theft costs this session only', "how === 'theft' && config.reuseRevokes === 'user'", 'false'],
    [
      'a late retry costs every session',
      "how === 'theft' && config.reuseRevokes === 'user'",
      "config.reuseRevokes === 'user'",
    ],
    [
      'theft costs every session, whatever is configured',
      "how === 'theft' && config.reuseRevokes === 'user'",
      "how === 'theft'",
    ],
    [
      'does not look again whether it is theft',
      '? sql`${sessions.generation} >= ${presented.generation + 2}`',
      '? sql`true`',
      'Generations only rise: what was two behind when it was read still is.',
    ],
    ['does not look again whether it is a late retry', 'eq(sessions.generation, presented.generation + 1),'],
    [
      'does not look again whether it is late',
      'sql`${sessions.rotatedAt} <= ${now} - make_interval(secs => ${config.refreshRetryWindowSeconds})`,',
      '',
      'rotated_at changes with the generation, which the line above holds still, and time does not go back.',
    ],
    ['does not queue with others who revoke many', 'if (everySession) await lockUser(transaction, userId)'],
    [
      'ends any session of the user for one',
      'eq(sessions.id, presented.sessionId), eq(sessions.userId, userId), isNull',
      'eq(sessions.userId, userId), isNull',
    ],
    [
      'ends a session of anybody',
      'eq(sessions.id, presented.sessionId), eq(sessions.userId, userId), isNull',
      'eq(sessions.id, presented.sessionId), isNull',
      ownedAlready,
    ],
    ['ends a session that has ended', 'isNull(sessions.revokedAt), stillTrue', 'stillTrue'],
    ['does not look at the family again', 'isNull(sessions.revokedAt), stillTrue', 'isNull(sessions.revokedAt)'],
    ['bumps everybody’s token version', '\n      .where(eq(users.id, userId))'],
    [
      'leaves the token version',
      '{ tokenVersion: sql`${users.tokenVersion} + 1` }',
      '{ tokenVersion: sql`${users.tokenVersion}` }',
    ],
    [
      'ends everybody’s sessions',
      'and(eq(sessions.userId, userId), isNull(sessions.revokedAt))',
      'isNull(sessions.revokedAt)',
    ],
    [
      'ends sessions that have ended',
      'and(eq(sessions.userId, userId), isNull(sessions.revokedAt))',
      'eq(sessions.userId, userId)',
    ],
  ]),

  ...of(
    'server/session/reauthenticate.ts',
    ['test/server/reauthentication.test.ts'],
    [
      [
        'a proof counts on every device',
        'eq(sessions.id, sessionId), eq(sessions.userId, userId)',
        'eq(sessions.userId, userId)',
      ],
      [
        'a proof counts for anybody',
        'eq(sessions.id, sessionId), eq(sessions.userId, userId)',
        'eq(sessions.id, sessionId)',
        ownedAlready,
      ],
      [
        'a proof counts for a session that has ended',
        ', isNull(sessions.revokedAt)',
        '',
        'A revoked session is refused whatever else its row says.',
      ],
    ],
  ),

  ...of(
    'server/session/revoke-any.ts',
    ['test/server/sessions-of-all.test.ts'],
    [
      ['any: another session than the one that is named', '        eq(sessions.id, sessionId),\n'],
      ['any: a session that has ended', '        isNull(sessions.revokedAt),\n'],
      ['any: a session that has expired', '        isAlive(clock),\n        ofPeople', '        ofPeople'],
      ['any: of somebody out of reach', '        ofPeopleWithinReach(transaction, act.actor),\n'],
      ['many: whatever the filter says', 'and(fitting(transaction, clock, filter), ofPeople', 'and(ofPeople'],
      [
        'many: of people out of reach',
        'and(fitting(transaction, clock, filter), ofPeopleWithinReach(transaction, act.actor))',
        'and(fitting(transaction, clock, filter))',
      ],
      ['many: however many they are', 'revoked.length !== expectedCount', 'false'],
    ],
  ),

  ...of(
    'server/session/revocation-feed.ts',
    ['test/server/delete-account.test.ts'],
    [
      [
        'forgets who was erased',
        '\n        union all select id, null, erased_at from ${erasedSessions} where erased_at > ${since}',
      ],
    ],
  ),

  ...of('server/session/revoke-sessions.ts', revocation, [
    ['one: any session of the user', 'and(eq(sessions.id, sessionId), eq(sessions.userId', 'and(eq(sessions.userId'],
    [
      'one: a session of anybody',
      'eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull',
      'eq(sessions.id, sessionId), isNull',
    ],
    [
      'one: a session that has been revoked',
      'eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive',
      'eq(sessions.id, sessionId), eq(sessions.userId, userId), isAlive',
    ],
    [
      'one: a session that has expired',
      'eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock)',
      'eq(sessions.id, sessionId), eq(sessions.userId, userId), isNull(sessions.revokedAt)',
    ],
    ['others: of anybody', 'eq(sessions.userId, userId), ne(', 'ne('],
    ['others: this one too', 'ne(sessions.id, sessionId), '],
    [
      'others: that have been revoked',
      'ne(sessions.id, sessionId), isNull(sessions.revokedAt), ',
      'ne(sessions.id, sessionId), ',
    ],
    [
      'others: that have expired',
      'ne(sessions.id, sessionId), isNull(sessions.revokedAt), isAlive(clock)',
      'ne(sessions.id, sessionId), isNull(sessions.revokedAt)',
    ],
    ['others: without waiting for a sign-in', '  await lockUser(transaction, userId)\n'],
    [
      'all: bumps everybody’s token version',
      '\n    .where(eq(users.id, userId))\n  const revoked',
      '\n  const revoked',
    ],
    [
      'all: leaves the token version',
      '{ tokenVersion: sql`${users.tokenVersion} + 1` }',
      '{ tokenVersion: sql`${users.tokenVersion}` }',
    ],
    [
      'all: of anybody',
      'and(eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock))',
      'and(isNull(sessions.revokedAt), isAlive(clock))',
    ],
    [
      'all: that have been revoked',
      'and(eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock))',
      'and(eq(sessions.userId, userId), isAlive(clock))',
    ],
    [
      'all: that have expired',
      'and(eq(sessions.userId, userId), isNull(sessions.revokedAt), isAlive(clock))',
      'and(eq(sessions.userId, userId), isNull(sessions.revokedAt))',
    ],
    [
      'a session lives until its absolute expiry',
      'least(${sessions.idleExpiresAt}, ${sessions.absoluteExpiresAt})',
      '${sessions.absoluteExpiresAt}',
    ],
    [
      'a session lives a moment longer',
      '${sessions.absoluteExpiresAt}) > ${clock',
      '${sessions.absoluteExpiresAt}) >= ${clock',
    ],
    ['the lock of many is the strongest', "for('no key update')", "for('update')"],
  ]),

  ...of('server/session/open-session.ts', opening, [
    ['locks any user', 'and(eq(users.id, userId), eq(users.tokenVersion', 'and(eq(users.tokenVersion'],
    ['opens for a proof of an old token version', 'eq(users.tokenVersion, tokenVersion), '],
    ['opens for a suspended user', ', isNull(users.suspendedAt)'],
    ['does not hold the user still', "\n    .for('share')"],
    ['opens for nobody', "  if (!user) return { kind: 'userChanged' }\n"],
    [
      'replaces any session',
      'and(eq(sessions.id, replaces), isNull(sessions.revokedAt))',
      'isNull(sessions.revokedAt)',
    ],
    [
      'replaces a session that has ended',
      'and(eq(sessions.id, replaces), isNull(sessions.revokedAt))',
      'eq(sessions.id, replaces)',
    ],
    [
      'lets the first idle expiry pass the absolute one',
      'sql`least(${after(now, config.sessionIdleTtlSeconds)}, ${absoluteExpiresAt})`',
      'sql`${after(now, config.sessionIdleTtlSeconds)}`',
      'Settings with SESSION_IDLE_TTL beyond SESSION_ABSOLUTE_TTL are refused, so that the first idle expiry cannot pass it.',
    ],
  ]),

  ...of(
    'server/session/transition.ts',
    [...reuse, ...rotation],
    [
      ['a revoked session is not over', 'state.revoked || state.disowned', 'state.disowned'],
      ['a disowned session is not over', 'state.revoked || state.disowned', 'state.revoked'],
      ['an expired session is not over', "  if (state.expired) return { kind: 'ended', why: 'expired' }\n"],
      [
        'a generation to come is current',
        "  if (generationsBehind < 0) return { kind: 'alarm', why: 'future_generation' }\n",
      ],
      ['theft is a late retry', "  if (generationsBehind >= 2) return { kind: 'theft' }\n"],
      ['theft begins at three generations', 'generationsBehind >= 2', 'generationsBehind >= 3'],
      ['theft begins at one generation', 'generationsBehind >= 2', 'generationsBehind >= 1'],
      ['any secret is the current one', 'return secretMatches(presented.secret, state.secretHash)\n', 'return true\n'],
      ['a row of an unknown key is an accident', "  if (!key) return { kind: 'alarm', why: 'wrong_secret' }\n"],
      [
        'any secret is the last one',
        "  if (!secretMatches(secret, state.secretHash)) return { kind: 'alarm', why: 'wrong_secret' }\n",
      ],
      ['there is no retry window', 'state.rotatedMillisecondsAgo < retryWindowSeconds * 1000', 'false'],
      ['the retry window never closes', 'state.rotatedMillisecondsAgo < retryWindowSeconds * 1000', 'true'],
      ['the retry window closes a moment later', 'state.rotatedMillisecondsAgo < ', 'state.rotatedMillisecondsAgo <= '],
    ],
  ),

  ...of('server/token/refresh-token.ts', refreshTokens, [
    [
      'a text of any length is decoded',
      '  if (text.length !== refreshTokenLength) return null\n',
      '',
      'A cheap bound before decoding: the length of the bytes and their spelling are compared below.',
    ],
    [
      'any number of bytes is read',
      'bytes.length !== layout.end || ',
      '',
      'Implied by the length of the text and its one spelling; it makes the reads below safe on their own.',
    ],
    ['any spelling is accepted', " || bytes.toString('base64url') !== text"],
    ['any version is accepted', '  if (bytes[layout.version] !== version) return null\n'],
    ['an unknown key is an accident', '  if (!key) return null\n'],
    [
      'any MAC is accepted',
      '  if (!timingSafeEqual(mac(bytes.subarray(0, layout.mac), key.refreshMacKey), bytes.subarray(layout.mac))) return null\n',
    ],
    [
      'the MAC does not cover the secret',
      'mac(bytes.subarray(0, layout.mac), key',
      'mac(bytes.subarray(0, layout.secret), key',
    ],
  ]),

  ...of('server/token/access-token.ts', accessTokens, [
    ['a token of any length is decoded', 'text.length > maxLength || '],
    ['any spelling is accepted', ' || !isCanonicalJwt(text)'],
    [
      'any number of parts is read',
      'parts.length === 3 &&\n    ',
      '',
      'jose refuses any other number of parts as malformed too.',
    ],
    ['empty parts are read', 'part.length > 0 && '],
    ['parts are read in any spelling', " && Buffer.from(part, 'base64url').toString('base64url') === part"],
    ['an unknown key is an accident', "        if (!key) throw new KeyRefused('unknown_key')\n"],
    [
      'a key is used with any algorithm',
      "        if (key.algorithm !== alg) throw new KeyRefused('wrong_algorithm')\n",
    ],
    [
      'any algorithm is tried',
      "        algorithms: ['EdDSA', 'ES256', 'RS256'],\n",
      '',
      'The key that a token names was made for one of these, and the algorithm must be the key’s.',
    ],
    ['any type of token', '        typ,\n'],
    ['any issuer', '        issuer: authority.issuer,\n'],
    ['any audience', '        audience: authority.audience,\n'],
    ['no tolerance', 'clockTolerance: clockToleranceSeconds', 'clockTolerance: 0'],
    ['twice the tolerance', 'clockTolerance: clockToleranceSeconds', 'clockTolerance: 2 * clockToleranceSeconds'],
    ['the machine’s own time', '        currentDate: new Date(now),\n'],
    [
      'no required claims',
      "        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],\n",
      '',
      'Issuer and audience are required where they are compared, the others by the shape of the claims.',
    ],
    [
      'claims of any shape',
      "    if (!claims.success) return { kind: 'refused', reason: 'bad_claims' }\n    const { iat, exp } = claims.data",
      '    const { iat, exp } = payload as { iat: number; exp: number }',
    ],
    [
      'a token from the future',
      "    if (iat > now / 1000 + clockToleranceSeconds) return { kind: 'refused', reason: 'clock_skew' }\n",
    ],
    [
      'a token for ever',
      "    if (exp - iat > authority.maxTtlSeconds) return { kind: 'refused', reason: 'bad_claims' }\n",
    ],
    ['a fault is the token’s fault', '    if (fault) throw fault\n'],
    ['any subject', 'sub: z.uuid()', 'sub: z.any()'],
    ['any session', 'sid: z.uuid()', 'sid: z.any()'],
    ['any token id', 'jti: z.uuid()', 'jti: z.any()'],
    ['any time of issue', 'iat: seconds', 'iat: z.any()'],
    ['any expiry', 'exp: seconds', 'exp: z.any()'],
    ['any time of authentication', 'auth_time: seconds', 'auth_time: z.any()'],
    ['any methods', 'amr: z.array(z.string().max(20)).max(10)', 'amr: z.any()'],
    ['any role', 'role: z.string().max(50)', 'role: z.any()'],
    ['any token version', 'ver: seconds', 'ver: z.any()'],
  ]),

  ...of('server/signing/verify.ts', accessTokens, [
    [
      'a remembered token never expires',
      "    if (known.claims.exp + clockToleranceSeconds <= clock.now() / 1000) return { kind: 'refused', reason: 'expired' }\n",
    ],
    ['a remembered token is known by its signature alone', 'known?.text !== text', '!known'],
    ['a remembered token lives a moment longer', 'clockToleranceSeconds <= clock', 'clockToleranceSeconds < clock'],
    [
      'a remembered token outlives its key',
      "    if (!keyRing.trusts(known.keyId)) return { kind: 'refused', reason: 'unknown_key' }\n",
    ],
  ]),

  ...of('server/session/revocation-feed.ts', feed, [
    ['what is remembered does not count', '      if (revokedAt.has(sessionId)) return true\n'],
    [
      'an instance that hears nothing goes on as if all were well',
      'isFresh() ? false : askDatabase(sessionId)',
      'false',
    ],
    ['an instance asks each time', 'isFresh() ? false : askDatabase(sessionId)', 'askDatabase(sessionId)'],
    ['the bound is a moment longer', 'staleAfterMilliseconds = 5_000', 'staleAfterMilliseconds = 6_001'],
    ['there is no bound', 'clock.elapsed() - heardAt <= staleAfterMilliseconds', 'true'],
    ['hearing is counted from the answer', 'heardAt = askedAt', 'heardAt = clock.elapsed()'],
    [
      'asked about one session, any live one will do',
      'from ${sessions} where id = ${sessionId} and revoked_at is null',
      'from ${sessions} where revoked_at is null',
    ],
    [
      'asked, the database does not say that it is revoked',
      'from ${sessions} where id = ${sessionId} and revoked_at is null',
      'from ${sessions} where id = ${sessionId}',
    ],
    [
      'asked about one key, any live one will do',
      'from ${serviceKeys} where id = ${sessionId} and revoked_at is null',
      'from ${serviceKeys} where revoked_at is null',
    ],
    [
      'asked, the database does not say that the key is revoked',
      'from ${serviceKeys} where id = ${sessionId} and revoked_at is null',
      'from ${serviceKeys} where id = ${sessionId}',
    ],
    ['no row is no revocation', 'return rows.length === 0', 'return false'],
  ]),

  ...[
    ...of(
      'server/session/rotate-session.ts',
      ['test/model/family.test.ts'],
      [
        ['told by the model alone: rotates a revoked session', '          and s.revoked_at is null\n'],
        [
          'told by the model alone: the retry window is measured from the first rotation',
          'rotated_at = ${now}',
          'rotated_at = s.rotated_at',
        ],
        [
          'told by the model alone: takes an expiry to be a moment later',
          'family.absolute_expires_at) <= ${now}',
          'family.absolute_expires_at) < ${now}',
        ],
      ],
    ),
    ...of(
      'server/session/transition.ts',
      ['test/model/family.test.ts'],
      [
        [
          'told by the model alone: the retry window never closes',
          'state.rotatedMillisecondsAgo < retryWindowSeconds * 1000',
          'true',
        ],
        ['told by the model alone: theft is a late retry', "  if (generationsBehind >= 2) return { kind: 'theft' }\n"],
      ],
    ),
    ...of(
      'server/session/end-reused-session.ts',
      ['test/model/family.test.ts'],
      [
        [
          'told by the model alone: theft costs this session only',
          "how === 'theft' && config.reuseRevokes === 'user'",
          'false',
        ],
      ],
    ),
    ...of(
      'server/session/revoke-sessions.ts',
      ['test/model/family.test.ts'],
      [
        [
          'told by the model alone: the token version stays',
          '{ tokenVersion: sql`${users.tokenVersion} + 1` }',
          '{ tokenVersion: sql`${users.tokenVersion}` }',
        ],
      ],
    ),
  ].map((mutation) => ({ ...mutation, alone: true as const })),
]
