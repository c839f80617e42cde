/** A sub-district as large as the first user's: 1 street, 12 communities, 107 groups, 831 units, and 1000 cameras in them. */
import { cellLevels, workerRoles } from '../../src/domain/place.ts'

export const sampleSize = { street: 1, community: 12, group: 107, unit: 831, cameras: 1_000 } as const

export type Row = readonly string[]

/** Rows of each table, the first with the names of the columns. */
export interface Sample {
  readonly grid: readonly Row[]
  readonly places: readonly Row[]
  readonly workers: readonly Row[]
  readonly cameras: readonly Row[]
}

/** A configuration that names the tables as `skyeye places import` writes them. */
export const sampleConfig = `gateway: { id: sample }
places: { gridFile: grid.csv, placesFile: places.csv, workersFile: workers.csv }
camerasFile: cameras.csv
cameraDefaults:
  zones: [{ name: ground, polygon: [[0, 0.4], [1, 0.4], [1, 1], [0, 1]] }]
  rules: [{ kind: intrusion, zone: ground, schedule: { hours: ["22:00-06:00"] } }]
`

const version = '2026-11'
const street = '340207001000'
const digits = (number: number, length: number) => String(number).padStart(length, '0')

/** The same at every call. */
export function sample(): Sample {
  const communities = range(sampleSize.community).map((i) => `340207001${digits(i + 1, 3)}`)
  const groups = range(sampleSize.group).map((i) => {
    const parent = communities[i % communities.length]
    return { parent, code: `${parent}${digits(Math.floor(i / communities.length) + 1, 2)}` }
  })
  const units = range(sampleSize.unit).map((i) => {
    const parent = groups[i % groups.length].code
    return { parent, code: `${parent}${digits(Math.floor(i / groups.length) + 1, 2)}` }
  })
  const cell = (code: string, name: string, level: number, parent: string) => [
    ...[code, name, String(level), parent, version],
  ]
  return {
    grid: [
      ['code', 'name', 'level', 'parent', 'version'],
      cell(street, '滨河街道', cellLevels.street, ''),
      ...communities.map((code, i) => cell(code, `第${i + 1}社区`, cellLevels.community, street)),
      ...groups.map(({ code, parent }, i) => cell(code, `第${i + 1}居民小组`, cellLevels.group, parent)),
      ...units.map(({ code, parent }, i) => cell(code, `${i + 1}号网格`, cellLevels.unit, parent)),
    ],
    places: [
      ['camera', 'addressCode', 'addressText', 'lon', 'lat', 'unit', 'version'],
      ...range(sampleSize.cameras).map((i) => place(i, units[i % units.length].code)),
    ],
    workers: [
      ['cell', 'role', 'name', 'contact', 'days', 'hours'],
      ...units.map(({ code }, i) => [
        ...[code, workerRoles[i % workerRoles.length], `网格员 ${i + 1}`, `1380000${digits(i, 4)}`],
        ...['mon;tue;wed;thu;fri', '08:00-12:00;14:00-18:00'],
      ]),
    ],
    cameras: [
      ['id', 'name', 'tier', 'url', 'gbId', 'tags'],
      ...range(sampleSize.cameras).map((i) => [
        ...[
          cameraId(i),
          `滨河路 ${i + 1} 号`,
          'public',
          urlOf(i),
          `3402070000132${digits(i + 1, 7)}`,
          'road',
        ],
      ]),
    ],
  }
}

function place(i: number, unit: string): Row {
  const [lon, lat] = [118.36 + (i % 40) * 0.001, 31.31 + Math.floor(i / 40) * 0.001]
  const address = [`34020700${digits(i + 1, 6)}`, `滨河路 ${i + 1} 号, 路口`]
  return [cameraId(i), ...address, lon.toFixed(4), lat.toFixed(4), unit, version]
}

function urlOf(i: number): string {
  const nvr = Math.floor(i / 32) + 10
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable is that of the configuration.
  return `rtsp://viewer:${'${NVR_PASSWORD}'}@192.168.7.${nvr}:554/Streaming/Channels/${(i % 32) + 1}02`
}

function cameraId(i: number): string {
  return `riverside-${digits(i + 1, 4)}`
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}
