import { read } from '../harness/results.ts'
import type { Chart } from './chart.ts'

type Figures = {
  subjects: Record<string, { requestsPerSecond: number; p50Milliseconds: number; p99Milliseconds: number }>
}

export const throughput: Chart = {
  name: 'throughput',
  spec() {
    const result = read<Figures>('throughput')
    if (!result) return null
    const values = Object.entries(result.figures.subjects).map(([subject, figures]) => ({
      subject,
      perSecond: Math.round(figures.requestsPerSecond),
      label: `${Math.round(figures.requestsPerSecond).toLocaleString('en')} /s, p99 ${Number(figures.p99Milliseconds.toPrecision(2))} ms`,
      ours: /latchkey/i.test(subject),
    }))
    const y = {
      field: 'subject',
      type: 'nominal' as const,
      sort: '-x' as const,
      title: null,
      axis: { labelLimit: 320, ticks: false, domain: false, labelPadding: 8 },
    }
    const x = { field: 'perSecond', type: 'quantitative' as const, title: 'requests a second', axis: { tickCount: 5 } }
    return {
      title: {
        text: 'Authenticated requests on one core',
        subtitle: 'Median of interleaved rounds, server pinned to a core of its own',
      },
      width: 480,
      height: { step: 34 },
      padding: { left: 16, right: 130, top: 16, bottom: 16 },
      autosize: { type: 'pad', contains: 'content' },
      data: { values },
      layer: [
        {
          mark: { type: 'bar', cornerRadiusEnd: 3, height: 20 },
          encoding: {
            y,
            x,
            color: { condition: { test: 'datum.ours', value: '#2f81f7' }, value: '#8c959f' },
          },
        },
        {
          mark: { type: 'text', align: 'left', dx: 6 },
          encoding: { y, x, text: { field: 'label' } },
        },
      ],
    }
  },
}
