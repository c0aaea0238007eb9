# syntax=docker/dockerfile:1
# Builds in one stage and runs in another, which has neither sources nor tools: node, dist/ and what it imports.
FROM node:24-bookworm-slim AS build
WORKDIR /latchkey
COPY package.json package-lock.json ./
COPY client/package.json client/
COPY examples/command-line/package.json examples/command-line/
COPY examples/orders/package.json examples/orders/
RUN npm ci --no-audit --no-fund
COPY tsconfig.base.json vite.config.ts ./
COPY scripts/build.js scripts/bundle-server.js scripts/compress.js scripts/
COPY server server
COPY web web
COPY client client
COPY drizzle drizzle
RUN node scripts/build.js
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/@latchkey

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /latchkey
COPY package.json ./
COPY deploy/latchkey /usr/local/bin/latchkey
COPY --from=build /latchkey/node_modules node_modules
COPY --from=build /latchkey/dist dist
# The one place that is written to: the outbox when no SMTP_URL is set, and the embedded database when it is asked for.
RUN mkdir -m 0700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/main.js"]
