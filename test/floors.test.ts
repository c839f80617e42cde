/** The house keeps its floors, and the walker that says so can see each kind of fault. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { floorFaults, readSources } from '../scripts/check-floors.ts'

const tree = (files: Record<string, string>) => floorFaults(new Map(Object.entries(files)))

it('finds no fault in src/', () => {
  const sources = readSources(fileURLToPath(new URL('../src', import.meta.url)))
  expect(sources.size).toBeGreaterThan(10)
  expect(floorFaults(sources)).toEqual([])
})

it.each([
  [
    'an import from a higher floor',
    { 'kit/a.ts': "import { b } from '../config/b.ts'", 'config/b.ts': '' },
    /climbs/,
  ],
  [
    'a sibling room',
    { 'store/a.ts': "import type { b } from '../publish/b.ts'", 'publish/b.ts': '' },
    /sibling/,
  ],
  ['a package in domain', { 'domain/a.ts': "import { uuid } from 'uuid'" }, /takes no package/],
  ['the clock in a pure room', { 'track/a.ts': "import { x } from '../kit/x.ts'", 'kit/x.ts': '' }, /pure/],
  ['a barrel', { 'kit/index.ts': '' }, /barrel/],
  ['a re-export', { 'kit/a.ts': "export { b } from './b.ts'", 'kit/b.ts': '' }, /re-exports/],
  [
    'a cycle, also of types only',
    { 'kit/a.ts': "import type { B } from './b.ts'", 'kit/b.ts': "import type { A } from './a.ts'" },
    /cycle: kit\/a.ts -> kit\/b.ts -> kit\/a.ts/,
  ],
  ['a room nobody planned', { 'utils/a.ts': '' }, /no known room/],
  ['a dynamic import upwards', { 'store/a.ts': "await import('../gateway.ts')", 'gateway.ts': '' }, /climbs/],
])('sees %s', (_, files, fault) => {
  expect(tree(files).join('\n')).toMatch(fault)
})

it('lets the composition root read the main path', () => {
  expect(tree({ 'gateway.ts': "import { p } from './pipeline.ts'", 'pipeline.ts': '' })).toEqual([])
})
