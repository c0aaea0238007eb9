import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { resultsFolder } from '../harness/results.ts'

/** A figure that is drawn from kept results; `null` while they have not been measured. */
export type Chart = { name: string; spec(): TopLevelSpec | null }

/** Told apart by people who see few colours, on white and on black alike. */
export const colours = ['#2f81f7', '#d9730d', '#2da44e', '#a371f7'] as const
export const targetColour = '#d1242f'

/** A scale from zero with room above the largest value for what is written there. */
export const roomAbove = (values: readonly number[]) => ({ domain: [0, Math.max(...values) * 1.15], nice: false })

const light = { paper: '#ffffff', ink: '#1f2328', grid: '#d8dee4', faint: '#59636e' }
const dark = { paper: '#0d1117', ink: '#e6edf3', grid: '#30363d', faint: '#9198a1' }

const style = {
  background: light.paper,
  padding: 16,
  font: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
  config: {
    axis: {
      labelColor: light.faint,
      titleColor: light.faint,
      gridColor: light.grid,
      domainColor: light.grid,
      tickColor: light.grid,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 'normal' as const,
      titlePadding: 10,
    },
    title: {
      color: light.ink,
      subtitleColor: light.faint,
      fontSize: 15,
      subtitleFontSize: 12,
      subtitlePadding: 6,
      anchor: 'start' as const,
      offset: 14,
    },
    legend: {
      labelLimit: 320,
      labelColor: light.faint,
      titleColor: light.faint,
      labelFontSize: 12,
      orient: 'bottom' as const,
    },
    header: { labelColor: light.ink, titleColor: light.faint, labelFontSize: 13, labelFontWeight: 'bold' as const },
    view: { stroke: 'transparent' },
    range: { category: [...colours] },
    text: { color: light.ink, fontSize: 12 },
    line: { strokeWidth: 2.5 },
  },
}

/** Paper and ink change together, so that a page in the other mode cannot make the figure unreadable. */
function inBothModes(svg: string): string {
  const swaps = (Object.keys(light) as (keyof typeof light)[])
    .flatMap((part) => ['fill', 'stroke'].map((kind) => `[${kind}="${light[part]}"]{${kind}:${dark[part]}}`))
    .join('')
  return svg.replace(/(<svg[^>]*>)/, `$1<style>@media (prefers-color-scheme:dark){${swaps}}</style>`)
}

/** Writes `results/<name>.svg`; answers whether there was anything to draw. */
export async function draw({ name, spec }: Chart): Promise<boolean> {
  const wanted = spec()
  if (!wanted) return false
  const { spec: compiled } = compile({ ...style, ...wanted } as TopLevelSpec)
  const view = new View(parse(compiled), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(join(resultsFolder, `${name}.svg`), `${inBothModes(svg)}\n`)
  return true
}
