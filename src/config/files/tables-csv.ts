/** The columns of the tables beside the configuration: grid, places, workers. */
import { readAs, type TableKind } from './csv-table.ts'

const { plain, number, words } = readAs

export const gridTable: TableKind = {
  key: 'cells',
  rows: 'the cells',
  columns: [
    { name: 'code', path: ['code'], read: plain, code: true },
    { name: 'name', path: ['name'], read: plain },
    { name: 'level', path: ['level'], read: number },
    { name: 'parent', path: ['parent'], read: plain, code: true },
    { name: 'version', path: ['version'], read: plain },
  ],
}

export const placesTable: TableKind = {
  key: 'places',
  rows: 'the places',
  columns: [
    { name: 'camera', path: ['camera'], read: plain },
    { name: 'addressCode', path: ['addressCode'], read: plain, code: true },
    { name: 'addressText', path: ['addressText'], read: plain },
    { name: 'lon', path: ['lon'], read: number },
    { name: 'lat', path: ['lat'], read: number },
    { name: 'unit', path: ['unit'], read: plain, code: true },
    { name: 'version', path: ['version'], read: plain },
  ],
}

export const workersTable: TableKind = {
  key: 'workers',
  rows: 'the workers',
  columns: [
    { name: 'cell', path: ['cell'], read: plain, code: true },
    { name: 'role', path: ['role'], read: plain },
    { name: 'name', path: ['name'], read: plain },
    { name: 'contact', path: ['contact'], read: plain },
    { name: 'days', path: ['days'], read: words },
    { name: 'hours', path: ['hours'], read: words },
    { name: 'timeZone', path: ['timeZone'], read: plain },
  ],
}
