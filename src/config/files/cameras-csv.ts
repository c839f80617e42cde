/** The columns of a camera list as CSV: each row becomes what the same camera would be in YAML. */
import { type Column, readAs, type TableKind } from './csv-table.ts'

/** Every column of a camera list, in the order of the sample. All but id, name and url may be left out. */
export const cameraColumns: readonly Column[] = [
  { name: 'id', path: ['id'], read: readAs.plain },
  { name: 'name', path: ['name'], read: readAs.plain },
  { name: 'tier', path: ['tier'], read: readAs.plain },
  { name: 'url', path: ['url'], read: readAs.plain },
  { name: 'enabled', path: ['enabled'], read: readAs.yesNo },
  { name: 'gbId', path: ['gbId'], read: readAs.plain, code: true },
  { name: 'street', path: ['grid', 'street'], read: readAs.plain, code: true },
  { name: 'community', path: ['grid', 'community'], read: readAs.plain, code: true },
  { name: 'group', path: ['grid', 'group'], read: readAs.plain, code: true },
  { name: 'unit', path: ['grid', 'unit'], read: readAs.plain, code: true },
  { name: 'addressCode', path: ['address', 'code'], read: readAs.plain, code: true },
  { name: 'addressText', path: ['address', 'text'], read: readAs.plain },
  { name: 'lon', path: ['place', 'lon'], read: readAs.number },
  { name: 'lat', path: ['place', 'lat'], read: readAs.number },
  { name: 'tags', path: ['tags'], read: readAs.words },
  { name: 'consentBy', path: ['consent', 'grantedBy'], read: readAs.plain },
  { name: 'consentUntil', path: ['consent', 'until'], read: readAs.plain },
  { name: 'consentSha256', path: ['consent', 'documentSha256'], read: readAs.plain },
  { name: 'consentScope', path: ['consent', 'scope'], read: readAs.words },
]

export const camerasTable: TableKind = { key: 'cameras', rows: 'the cameras', columns: cameraColumns }
