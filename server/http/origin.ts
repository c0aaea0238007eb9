import type { FastifyRequest } from 'fastify'
import type { Origin } from '../database/security-events.ts'
import type { Locate } from '../session/location.ts'
import { deviceLabel, readDevice } from './device.ts'

/** Who asks, from where, in which request. The place is looked up only by what writes it down. */
export function originOf(request: FastifyRequest, locate: Locate): Origin {
  return {
    ipAddress: request.ip,
    get location() {
      return locate(request.ip)
    },
    device: deviceLabel(readDevice(request.headers['user-agent'])),
    requestId: request.id,
  }
}
