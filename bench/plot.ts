// `npm run bench:plot`: draws the results that are in bench/results/, as SVG beside them.
import { plotAll } from './charts/plot-all.ts'

await plotAll()
