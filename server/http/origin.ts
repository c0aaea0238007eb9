import type { FastifyRequest } from 'fastify'
import type { Origin } from '../database/security-events.ts'
import type { Locate } from '../session/location.ts'
import { deviceLabel, readDevice } from './device.ts'

/** Who asks, from where, in which request. Most requests never say it to anybody, so that it is found out when it is asked for. */
class RequestOrigin implements Origin {
  readonly #request: FastifyRequest
  readonly #locate: Locate

  constructor(request: FastifyRequest, locate: Locate) {
    this.#request = request
    this.#locate = locate
    // A socket that is closed has forgotten its peer, unless it was asked before.
    void request.socket.remoteAddress
  }
  get ipAddress(): string {
    return this.#request.ip
  }
  get location(): string | null {
    return this.#locate(this.#request.ip)
  }
  get device(): string | null {
    return deviceLabel(readDevice(this.#request.headers['user-agent']))
  }
  get requestId(): string {
    return this.#request.id
  }
}

export function originOf(request: FastifyRequest, locate: Locate): Origin {
  return new RequestOrigin(request, locate)
}
