import { read } from '../harness/results.ts'
import { median } from '../harness/statistics.ts'
import { type Chart, roomAbove } from './chart.ts'

type Figures = { callsPerSecond: Record<string, number[]>; rotationsPerSecond: Record<string, number[]> }

export const instances: Chart = {
  name: 'instances',
  spec() {
    const result = read<Figures>('instances')
    if (!result) return null
    const { callsPerSecond, rotationsPerSecond } = result.figures
    const panel = (title: string, series: Record<string, number[]>) => ({
      title: { text: title, fontSize: 13 },
      width: 260,
      height: 200,
      data: {
        values: Object.entries(series).map(([count, values]) => ({
          instances: count,
          perSecond: Math.round(median(values)),
        })),
      },
      encoding: {
        x: { field: 'instances', type: 'ordinal' as const, title: 'instances on the core', axis: { labelAngle: 0 } },
        y: {
          field: 'perSecond',
          type: 'quantitative' as const,
          title: 'a second',
          scale: roomAbove(Object.values(series).flat()),
        },
      },
      layer: [
        { mark: { type: 'bar' as const, width: 36, cornerRadiusEnd: 3, color: '#2f81f7' } },
        {
          mark: { type: 'text' as const, dy: -8 },
          encoding: { text: { field: 'perSecond', type: 'quantitative' as const, format: ',' } },
        },
      ],
    })
    return {
      title: {
        text: 'What one core does when instances share it',
        subtitle: 'Level bars: instances cost each other nothing, so that each further core adds as much again',
      },
      spacing: 80,
      bounds: 'flush',
      hconcat: [panel('Ordinary calls', callsPerSecond), panel('Rotations', rotationsPerSecond)],
    }
  },
}
