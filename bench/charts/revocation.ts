import { read } from '../harness/results.ts'
import { type Chart, colours, targetColour } from './chart.ts'

type Figures = {
  byRate: { perSecond: number; p50Milliseconds: number; p99Milliseconds: number; coreSharePerInstance: number }[]
}

export const revocation: Chart = {
  name: 'revocation',
  spec() {
    const result = read<Figures>('revocation')
    if (!result) return null
    const values = result.figures.byRate.flatMap(({ perSecond, p50Milliseconds, p99Milliseconds }) => [
      { perSecond, part: 'p50', milliseconds: p50Milliseconds },
      { perSecond, part: 'p99', milliseconds: p99Milliseconds },
    ])
    const x = {
      field: 'perSecond',
      type: 'ordinal' as const,
      title: 'other revocations a second',
      axis: { labelAngle: 0 },
    }
    return {
      title: {
        text: 'Until the last of three instances refuses a revoked session',
        subtitle: 'From asking for the revocation; all three instances on one core. Dashed: the target for p99',
      },
      width: 480,
      height: 240,
      layer: [
        {
          data: { values },
          mark: { type: 'line', point: { size: 60, filled: true } },
          encoding: {
            x,
            y: { field: 'milliseconds', type: 'quantitative', title: 'milliseconds', scale: { zero: true } },
            color: { field: 'part', type: 'nominal', title: null, scale: { range: [colours[0], colours[1]] } },
          },
        },
        {
          data: { values: [{ target: 50 }] },
          mark: { type: 'rule', strokeDash: [5, 4], color: targetColour },
          encoding: { y: { field: 'target', type: 'quantitative' } },
        },
      ],
    }
  },
}
