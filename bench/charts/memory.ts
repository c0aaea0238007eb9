import { read } from '../harness/results.ts'
import { type Chart, targetColour } from './chart.ts'

type Sample = { second: number; megabytes: number }
type Figures = Record<'postgres' | 'embedded', { idle: number; underLoad: Sample[] }>

const names = { postgres: 'on Postgres', embedded: 'embedded database' }

export const memory: Chart = {
  name: 'memory',
  spec() {
    const result = read<Figures>('memory')
    if (!result) return null
    const kinds = ['postgres', 'embedded'] as const
    const values = kinds.flatMap((kind) =>
      result.figures[kind].underLoad.map(({ second, megabytes }) => ({
        database: names[kind],
        minute: second / 60,
        megabytes,
      })),
    )
    const { postgres, embedded } = result.figures
    return {
      title: {
        text: 'Resident memory of an instance under load',
        subtitle: `Idle: ${Math.round(postgres.idle)} MB on Postgres, ${Math.round(embedded.idle)} MB with the embedded database. Dashed: the target on Postgres`,
      },
      width: 560,
      height: 240,
      layer: [
        {
          data: { values },
          mark: { type: 'line', interpolate: 'monotone' },
          encoding: {
            x: { field: 'minute', type: 'quantitative', title: 'minutes', axis: { grid: false } },
            y: { field: 'megabytes', type: 'quantitative', title: 'megabytes', scale: { zero: true } },
            color: { field: 'database', type: 'nominal', sort: null, title: null },
          },
        },
        {
          data: { values: [{ target: 250 }] },
          mark: { type: 'rule', strokeDash: [5, 4], color: targetColour },
          encoding: { y: { field: 'target', type: 'quantitative' } },
        },
      ],
    }
  },
}
