import { read } from '../harness/results.ts'
import { median } from '../harness/statistics.ts'
import { type Chart, roomAbove } from './chart.ts'

type Figures = {
  sizes: number[]
  latencyMilliseconds: Record<string, Record<string, number[]>>
  bytesPerSession: Record<string, number>
  sweepMillisecondsPerThousand: Record<string, number>
}

const named = (size: number) => (size >= 1e6 ? `${size / 1e6} million` : `${Math.round(size / 1e3)} thousand`)

export const sessions: Chart = {
  name: 'sessions',
  spec() {
    const result = read<Figures>('sessions')
    if (!result) return null
    const { sizes, latencyMilliseconds, bytesPerSession, sweepMillisecondsPerThousand } = result.figures
    const order = sizes.map(named)
    const x = {
      field: 'sessions',
      type: 'ordinal' as const,
      sort: order,
      title: 'live sessions',
      axis: { labelAngle: 0, grid: false },
    }
    const latencies = Object.entries(latencyMilliseconds).flatMap(([act, bySize]) =>
      sizes.map((size) => ({ act, sessions: named(size), milliseconds: median(bySize[size] ?? []) })),
    )
    const one = (title: string, what: string, bySize: Record<string, number>) => ({
      title: { text: title, fontSize: 13 },
      width: 220,
      height: 220,
      data: { values: sizes.map((size) => ({ sessions: named(size), value: bySize[size] })) },
      encoding: { x },
      layer: [
        {
          mark: { type: 'bar' as const, width: 30, cornerRadiusEnd: 3, color: '#2f81f7' },
          encoding: {
            y: { field: 'value', type: 'quantitative' as const, title: what, scale: roomAbove(Object.values(bySize)) },
          },
        },
        {
          mark: { type: 'text' as const, dy: -8 },
          encoding: {
            y: { field: 'value', type: 'quantitative' as const, title: what },
            text: { field: 'value', type: 'quantitative' as const, format: '.3~r' },
          },
        },
      ],
    })
    return {
      title: {
        text: 'Cost against the number of live sessions',
        subtitle: 'One server process, Postgres, sessions drawn at random from the whole table; medians of rounds',
      },
      spacing: 70,
      bounds: 'flush',
      hconcat: [
        {
          title: { text: 'One call', fontSize: 13 },
          width: 300,
          height: 220,
          data: { values: latencies },
          mark: { type: 'line', point: { size: 60, filled: true } },
          encoding: {
            x,
            y: {
              field: 'milliseconds',
              type: 'quantitative',
              title: 'milliseconds',
              scale: roomAbove(latencies.map(({ milliseconds }) => milliseconds)),
            },
            color: { field: 'act', type: 'nominal', sort: null, title: null },
          },
        },
        one('Room of a session, indexes included', 'bytes', bytesPerSession),
        one('Sweeping a thousand expired', 'milliseconds', sweepMillisecondsPerThousand),
      ],
    }
  },
}
