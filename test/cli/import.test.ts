/** `skyeye places import` and `cameras import`: all rows are right and are written, or every bad one is said and none is. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Row, sample, sampleConfig, sampleSize } from '../../scripts/places/sample.ts'
import { type Value, xlsx } from '../../scripts/places/xlsx.ts'
import { run } from '../../src/cli/run.ts'
import { csvLine } from '../../src/places/to-csv.ts'
import { Folder } from './folder.ts'

const csv = (rows: readonly Row[]) => `${rows.map(csvLine).join('\n')}\n`

async function skyeye(...args: string[]) {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] }
  const status = await run(args, {
    out: (line) => lines.out.push(line),
    err: (line) => lines.err.push(line),
  })
  return { status, ...lines }
}

/** A folder with the configuration of the sample, and the sample's tables beside it as files to be taken in. */
function prepared(tables = sample()) {
  const folder = new Folder()
  folder.write(sampleConfig)
  for (const [name, rows] of Object.entries(tables)) folder.write(csv(rows), `new-${name}.csv`)
  writeFileSync(join(folder.path, 'new.xlsx'), xlsx({ ...tables }))
  const at = (name: string) => join(folder.path, name)
  const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined)
  return { folder, at, read, config: ['--config', folder.config] }
}

const grids = ['grid', 'places', 'workers'] as const

describe('an import of a whole sub-district', () => {
  it.each(['CSV', 'XLSX'])('as %s writes the tables that the configuration names', async (form) => {
    const { at, read, config, folder } = prepared()
    const file = (name: string) => at(form === 'CSV' ? `new-${name}.csv` : 'new.xlsx')
    folder.write(csv(sample().cameras.slice(0, 1)), 'cameras.csv')
    const options = grids.flatMap((name) => [`--${name}`, file(name)])
    expect((await skyeye('places', 'import', ...options, ...config)).status).toBe(0)
    const { status, out, err } = await skyeye('cameras', 'import', file('cameras'), ...config, '--json')
    expect([status, err]).toEqual([0, []])
    expect(JSON.parse(out[0])).toMatchObject({
      ...{ dryRun: false, problems: [], warnings: [], cameras: sampleSize.cameras },
      places: {
        grid: { version: '2026-11', cells: 951 },
        ...{ places: '2026-11', workers: sampleSize.unit, without: [] },
      },
      written: [at('cameras.csv')],
    })
    for (const name of [...grids, 'cameras'] as const) expect(read(`${name}.csv`)).toBe(csv(sample()[name]))
  })

  it('has the numbers of cells that the first user has', () => {
    const levels = Map.groupBy(sample().grid.slice(1), ([, , level]) => level)
    expect([2, 3, 4, 5].map((level) => levels.get(String(level))?.length)).toEqual([1, 12, 107, 831])
  })
})

/** Bad rows, and the column (from 1) in which each is bad. */
const badCells: readonly (readonly [Row, number])[] = [
  [['34020700', 'X', '3', '340207001000', ''], 1],
  [['340207001001', 'X', '3', '340207001000', ''], 1],
  [['990207001000', 'X', '2', '', ''], 1],
  [['3402070010019999999999', 'X', '5', '34020700100101', ''], 1],
  [['34020700100199', '', '4', '340207001001', ''], 2],
  [['34020700100198', 'X', 'two', '340207001001', ''], 3],
  [['34020700100197', 'X', '4', '340299999999', ''], 4],
  [['34020700100196', 'X', '4', '', ''], 4],
  [['34020700100195', 'X', '5', '340207001001', ''], 4],
  [['34020700100194', 'X', '4', '340207001001', '2025-01'], 5],
]
const badPlaces: readonly (readonly [Row, number])[] = [
  [['Gate East', '', '', '', '', '', ''], 1],
  [['riverside-0001', '', '', '', '', '', ''], 1],
  [['', '', '', '118.3', '31.3', '', ''], 1],
  [['x1', 'a b', 'Somewhere', '', '', '', ''], 2],
  [['x2', 'A1', '', '', '', '', ''], 3],
  [['x3', '', '', '361', '31.3', '', ''], 4],
  [['x4', '', '', '118.3', 'north', '', ''], 5],
  [['x5', '', '', '31.3', '118.3', '', ''], 5],
  [['x6', '', '', '', '', '340207001999', ''], 6],
  [['x7', '', '', '', '', '', 'v 2'], 7],
]

describe('a file with twenty planted errors', () => {
  const good = sample()
  const bad = {
    ...good,
    grid: [...good.grid, ...badCells.map(([row]) => row)],
    places: [...good.places, ...badPlaces.map(([row]) => row)],
  }
  const found = (rows: readonly Row[], cells: typeof badCells) =>
    cells.map(([, column], i) => [rows.length + i + 1, column])

  it.each(['CSV', 'XLSX'])(
    'as %s is reported with line and column of all of them, and nothing is written',
    async (form) => {
      const { at, config, folder } = prepared(bad)
      folder.write(csv(good.cameras), 'cameras.csv')
      folder.write(csv(good.grid.slice(0, 2)), 'grid.csv')
      const before = readdirSync(folder.path).sort()
      const file = (name: string) => at(form === 'CSV' ? `new-${name}.csv` : 'new.xlsx')
      const { status, out } = await skyeye(
        ...['places', 'import', '--grid', file('grid'), '--places', file('places')],
        ...['--workers', file('workers'), ...config, '--json'],
      )
      expect(status).toBe(1)
      const { problems, written } = JSON.parse(out[0]) as {
        problems: { file: string; line: number; column: number; message: string }[]
        written: string[]
      }
      expect(problems).toHaveLength(20)
      const told = (name: string) =>
        problems
          .filter(
            (problem) =>
              problem.file === (form === 'CSV' ? at(`new-${name}.csv`) : `${at('new.xlsx')}#${name}`),
          )
          .map(({ line, column }) => [line, column])
      expect(told('grid')).toEqual(found(good.grid, badCells))
      expect(told('places')).toEqual(found(good.places, badPlaces))
      expect(problems.every(({ message }) => message.length > 10)).toBe(true)
      expect(written).toEqual([])
      expect(readdirSync(folder.path).sort()).toEqual(before)
      expect(readFileSync(at('grid.csv'), 'utf8')).toBe(csv(good.grid.slice(0, 2)))
    },
  )

  it('is reported as text with a last line that says so', async () => {
    const { at, config, folder } = prepared(bad)
    folder.write(csv(good.cameras.slice(0, 1)), 'cameras.csv')
    folder.write(csv(good.places.slice(0, 2)), 'places.csv')
    folder.write(csv(good.workers.slice(0, 2)), 'workers.csv')
    const { status, out, err } = await skyeye('places', 'import', '--grid', at('new-grid.csv'), ...config)
    expect([status, out]).toEqual([1, []])
    expect(err).toContain(
      `${at('new-grid.csv')}:953 code: must begin with the 12 digits of its division, not "34020700"`,
    )
    expect(err).toHaveLength(11)
    expect(err.at(-1)).toBe('nothing was written: 10 things to put right')
  })
})

describe('an import', () => {
  const small = { grid: sample().grid.slice(0, 3), places: [], workers: [], cameras: [] }
  const config = 'gateway: { id: g }\nplaces: { gridFile: grid.csv }\ncameras: []\n'

  it('that is only tried writes nothing', async () => {
    const { at, read, folder } = prepared(small)
    folder.write(config)
    const done = await skyeye(
      'places',
      'import',
      '--grid',
      at('new-grid.csv'),
      '--config',
      folder.config,
      '--dry-run',
    )
    expect([done.status, done.out.at(-1)]).toEqual([0, 'all is right; nothing was written (--dry-run)'])
    expect(read('grid.csv')).toBeUndefined()
  })

  it('keeps the permissions of the file, and gives a new one to nobody else', async () => {
    const { at, folder } = prepared(small)
    folder.write(config)
    const mode = () => statSync(at('grid.csv')).mode & 0o777
    const again = () => skyeye('places', 'import', '--grid', at('new-grid.csv'), '--config', folder.config)
    expect((await again()).status).toBe(0)
    expect(mode()).toBe(0o640)
    chmodSync(at('grid.csv'), 0o600)
    expect((await again()).status).toBe(0)
    expect(mode()).toBe(0o600)
    expect(readdirSync(folder.path).filter((name) => name.includes('.new-'))).toEqual([])
  })

  it('refuses codes that a spreadsheet has made numbers, each with its cell', async () => {
    const { at, read, folder } = prepared(small)
    folder.write(config)
    const rows: Value[][] = small.grid.map((row, i) =>
      row.map((cell, j) => (i === 2 && j === 3 ? Number(cell) : cell)),
    )
    writeFileSync(at('numbers.xlsx'), xlsx({ first: [], second: rows }))
    const { status, err } = await skyeye(
      ...['places', 'import', '--grid', `${at('numbers.xlsx')}#second`, '--config', folder.config],
    )
    expect(status).toBe(1)
    expect(err[0]).toMatch(/numbers\.xlsx#second:3 parent: is a number in the sheet/)
    expect(err[1]).toBe('nothing was written: 1 thing to put right')
    expect(read('grid.csv')).toBeUndefined()
  })

  it.each<[string, string[], number, RegExp]>([
    [
      'a table that the configuration does not name',
      ['places', 'import', '--workers', 'new-grid.csv'],
      2,
      /has no places\.workersFile/,
    ],
    ['no table', ['places', 'import'], 2, /import which table/],
    ['another verb', ['places', 'export'], 2, /who for which cell\?/],
    ['no list', ['cameras', 'import'], 2, /import which list, or confirm which camera\?/],
    [
      'a file that is not there',
      ['places', 'import', '--grid', 'none.csv'],
      1,
      /none\.csv:1: the file does not exist/,
    ],
    [
      'a workbook that is not there',
      ['places', 'import', '--grid', 'none.xlsx'],
      1,
      /none\.xlsx is not there/,
    ],
    ['no workbook', ['places', 'import', '--grid', 'new-grid.csv.xlsx'], 1, /is not an XLSX file/],
    [
      'a sheet that is not there',
      ['places', 'import', '--grid', 'new.xlsx#x'],
      1,
      /no sheet "x" \(sheets: grid, places, workers, cameras\)/,
    ],
  ])('is refused with %s', async (_, args, expectedStatus, sentence) => {
    const { at, folder } = prepared(small)
    folder.write(config)
    folder.write('code,name\n', 'new-grid.csv.xlsx')
    const placed = args.map((arg) => (arg.includes('.') ? at(arg) : arg))
    const { status, err } = await skyeye(...placed, '--config', folder.config)
    expect(status).toBe(expectedStatus)
    expect(err.join('\n')).toMatch(sentence)
  })
})

it('says who answers for a cell, and where it is', async () => {
  const { folder, config } = prepared()
  const { cameras, grid, places, workers } = sample()
  for (const [name, rows] of Object.entries({
    cameras: cameras.slice(0, 1),
    grid,
    places: places.slice(0, 2),
    workers,
  }))
    folder.write(csv(rows), `${name}.csv`)
  folder.write(
    sampleConfig.replace('camerasFile: cameras.csv', 'cameras: []').replace('placesFile: places.csv, ', ''),
  )
  const [unit] = workers[1]
  const found = await skyeye('places', 'who', unit, ...config)
  expect([found.status, found.out[0]]).toEqual([
    0,
    `unit ${unit}, group ${unit.slice(0, 14)}, community ${unit.slice(0, 12)}, street 340207001000`,
  ])
  expect(found.out[2]).toMatch(/leader +网格员 1 +13800000000/)
  const nobody = await skyeye('places', 'who', '340207001000', ...config)
  expect([nobody.status, nobody.err]).toEqual([1, ['nobody answers for it, nor for a cell around it']])
  expect((await skyeye('places', 'who', '1', ...config)).err).toEqual(['no cell "1" in the grid'])
})
