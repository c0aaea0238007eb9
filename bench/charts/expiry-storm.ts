import { read } from '../harness/results.ts'
import { median } from '../harness/statistics.ts'
import type { Chart } from './chart.ts'

type Storm = { answeredWithinMilliseconds: number; p50Milliseconds: number; p99Milliseconds: number; failures: number }
type Figures = { clients: number; requestsEach: number; storms: Record<string, Storm[]> }

const parts = { 'half answered': 'p50Milliseconds', '99 % answered': 'p99Milliseconds' } as const

export const expiryStorm: Chart = {
  name: 'expiry-storm',
  spec() {
    const result = read<Figures>('expiry-storm')
    if (!result) return null
    const { clients, requestsEach, storms } = result.figures
    const values = Object.entries(storms).flatMap(([fleet, seen]) =>
      Object.entries(parts).map(([part, field]) => ({
        fleet,
        part,
        milliseconds: Math.round(median(seen.map((storm) => storm[field]))),
      })),
    )
    const failures = Object.values(storms)
      .flat()
      .reduce((sum, storm) => sum + storm.failures, 0)
    const y = {
      field: 'fleet',
      type: 'nominal' as const,
      title: null,
      axis: { ticks: false, domain: false, labelPadding: 8 },
    }
    const x = {
      field: 'milliseconds',
      type: 'quantitative' as const,
      title: 'milliseconds after the expiry',
      axis: { tickCount: 5 },
    }
    const yOffset = { field: 'part', sort: null }
    return {
      title: {
        text: `${clients.toLocaleString('en')} clients whose access tokens expire in the same second`,
        subtitle: `${requestsEach} requests each, all at once; servers on one core; ${failures} failures`,
      },
      width: 480,
      height: { step: 26 },
      padding: { left: 16, right: 60, top: 16, bottom: 16 },
      data: { values },
      encoding: { y, x, yOffset },
      layer: [
        {
          mark: { type: 'bar', cornerRadiusEnd: 3 },
          encoding: { color: { field: 'part', type: 'nominal', title: null, sort: null } },
        },
        {
          mark: { type: 'text', align: 'left', dx: 6 },
          encoding: { text: { field: 'milliseconds', type: 'quantitative', format: ',' } },
        },
      ],
    }
  },
}
