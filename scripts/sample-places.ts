/** `npm run sample:places -- --out FOLDER`: writes a sub-district of the first user's size as CSV and XLSX, with a configuration. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { csvLine } from '../src/places/to-csv.ts'
import { sample, sampleConfig } from './places/sample.ts'
import { xlsx } from './places/xlsx.ts'

const { values } = parseArgs({ options: { out: { type: 'string' } } })
if (values.out === undefined) {
  console.error('npm run sample:places -- --out FOLDER')
  process.exit(2)
}
mkdirSync(values.out, { recursive: true })
const write = (name: string, content: string | Uint8Array) => {
  const path = join(values.out ?? '', name)
  writeFileSync(path, content)
  console.log(`wrote ${path}`)
}
const tables = sample()
for (const [name, rows] of Object.entries(tables)) write(`${name}.csv`, `${rows.map(csvLine).join('\n')}\n`)
write('tables.xlsx', xlsx({ ...tables }))
write('skyeye.yaml', sampleConfig)
