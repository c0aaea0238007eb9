import { read } from '../harness/results.ts'
import { median } from '../harness/statistics.ts'
import { type Chart, targetColour } from './chart.ts'

type Figures = { startedWithinMilliseconds: Record<'postgres' | 'embedded', number[]> }

const names = { postgres: 'on Postgres', embedded: 'embedded database' }
const targets = { postgres: 1_000, embedded: 2_000 }

export const start: Chart = {
  name: 'start',
  spec() {
    const result = read<Figures>('start')
    if (!result) return null
    const kinds = ['postgres', 'embedded'] as const
    const values = kinds.map((kind) => ({
      database: names[kind],
      seconds: median(result.figures.startedWithinMilliseconds[kind]) / 1_000,
      target: targets[kind] / 1_000,
    }))
    const y = {
      field: 'database',
      type: 'nominal' as const,
      sort: null,
      title: null,
      axis: { ticks: false, domain: false, labelPadding: 8 },
    }
    const x = (field: string) => ({ field, type: 'quantitative' as const, title: 'seconds', axis: { tickCount: 5 } })
    return {
      title: {
        text: 'From the creation of the process to the first answer',
        subtitle: 'Existing databases, one core. Red: the target',
      },
      width: 480,
      height: { step: 44 },
      data: { values },
      encoding: { y },
      layer: [
        {
          mark: { type: 'bar', height: 22, cornerRadiusEnd: 3, color: '#2f81f7' },
          encoding: { x: x('seconds') },
        },
        {
          mark: { type: 'text', align: 'right', dx: -8, color: '#f6f8fa', fontWeight: 'bold' },
          encoding: { x: x('seconds'), text: { field: 'seconds', type: 'quantitative', format: '.2f' } },
        },
        { mark: { type: 'tick', thickness: 3, size: 30, color: targetColour }, encoding: { x: x('target') } },
      ],
    }
  },
}
