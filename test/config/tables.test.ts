/** The tables of the grid: what they give the cameras, and every bad row with line, column and why. */
import { describe, expect, it } from 'vitest'
import { loadFiles, refusal } from './folder.ts'

const main = `gateway: { id: gw-1 }
places: { gridFile: grid.csv, placesFile: places.csv, workersFile: workers.csv }
cameras:
  - { id: yard, name: Yard, url: "rtsp://10.0.0.5/live" }
`
const grid = `code,name,level,parent,version
340207001000,Street,2,,v7
340207001003,Community,3,340207001000,
34020700100307,Group,4,340207001003,
3402070010030702,Unit,5,34020700100307,
`
const places = `camera,addressCode,addressText,lon,lat,unit
yard,0012,"Road 12, gate",118.3745,31.3261,3402070010030702
`
const workers = `cell,role,name,contact,days,hours
3402070010030702,leader,Li,138,mon;tue,08:00-12:00;14:00-18:00
`
const files = { 'skyeye.yaml': main, 'grid.csv': grid, 'places.csv': places, 'workers.csv': workers }

const load = (over: Partial<typeof files> = {}) => loadFiles({ ...files, ...over })
const refused = (over: Partial<typeof files>) => refusal({ ...files, ...over })
/** The warnings but those about rules, which no camera here has. */
const sentences = (problems: readonly { readonly message: string }[]) =>
  problems.map(({ message }) => message).filter((message) => !message.includes('has no rules'))

describe('the tables', () => {
  it('give a camera the path of its cell, its address and its position', async () => {
    const { config, warnings, files: read } = await load()
    expect(sentences(warnings)).toEqual([])
    expect(config.cameras[0]).toMatchObject({
      grid: {
        street: '340207001000',
        community: '340207001003',
        group: '34020700100307',
        unit: '3402070010030702',
      },
      address: { code: '0012', text: 'Road 12, gate' },
      place: { lon: 118.3745, lat: 31.3261 },
    })
    expect(config.cameras[0].placeMissing).toBeUndefined()
    expect(config.tables.grid?.cells[3]).toEqual({
      ...{ code: '3402070010030702', name: 'Unit', level: 5, parent: '34020700100307' },
    })
    expect(config.tables.workers).toEqual([
      {
        ...{ cell: '3402070010030702', role: 'leader', name: 'Li', contact: '138' },
        hours: {
          ...{ timeZone: 'Asia/Shanghai', days: ['mon', 'tue'] },
          hours: [
            { from: 480, to: 720 },
            { from: 840, to: 1080 },
          ],
        },
      },
    ])
    expect(read.map((file) => file.replace(/^.*\//, ''))).toEqual(Object.keys(files))
  })

  it('have the version that a row tells, else one that changes with the file', async () => {
    const [told, other] = [await load(), await load({ 'places.csv': `${places}\n# a remark\n` })]
    expect(told.config.tables.grid?.version).toBe('v7')
    expect(told.config.tables.places?.version).toMatch(/^[0-9a-f]{12}$/)
    expect(other.config.tables.places?.version).not.toBe(told.config.tables.places?.version)
  })

  it('leave a group without a unit where nobody knows the unit', async () => {
    const row = 'yard,,,,,34020700100307'
    const { config } = await load({ 'places.csv': `camera,addressCode,addressText,lon,lat,unit\n${row}\n` })
    expect(config.cameras[0].grid).toEqual({
      ...{ street: '340207001000', community: '340207001003', group: '34020700100307' },
    })
    expect(config.cameras[0]).toMatchObject({ placeMissing: 'no-position' })
  })

  it('complete the grid that a camera itself names, and refuse one that they contradict', async () => {
    const alone = main.replace('placesFile: places.csv, ', '')
    const own = (codes: string) => alone.replace('live" }', `live", grid: { ${codes} } }`)
    const { config } = await load({ 'skyeye.yaml': own('unit: "3402070010030702"') })
    expect(config.cameras[0].grid.street).toBe('340207001000')
    expect(config.cameras[0].placeMissing).toBe('not-configured')
    const wrong = await refused({ 'skyeye.yaml': own('street: "340207002000", unit: "3402070010030702"') })
    expect(wrong).toEqual([
      'skyeye.yaml:4 cameras[0].grid.street: is not the street of "3402070010030702" in grid.csv: that is "340207001000"',
    ])
    expect(await refused({ 'skyeye.yaml': own('unit: "34020700100307"') })).toEqual([
      'skyeye.yaml:4 cameras[0].grid.unit: no unit "34020700100307" in grid.csv',
    ])
  })

  it('may lack a camera, which is told once and not refused', async () => {
    const more = Array.from(
      { length: 7 },
      (_, i) => `  - { id: c${i}, name: C, url: "rtsp://10.0.0.6/${i}" }\n`,
    )
    const { config, warnings } = await load({
      'skyeye.yaml': main + more.join(''),
      'places.csv': `${places}elsewhere,,,118.1,31.1,\n`,
    })
    expect(sentences(warnings)).toEqual([
      'has no row for 7 cameras: "c0", "c1", "c2", "c3", "c4" …; their alerts say that the place is missing',
      'has rows for 1 camera that is not configured here: "elsewhere"',
    ])
    expect(config.cameras[1]).toMatchObject({ grid: {}, placeMissing: 'not-listed' })
  })

  it('warn of a cell whose division is not that of its parent', async () => {
    const { warnings } = await load({ 'grid.csv': `${grid}340209002001,Other,3,340207001000,\n` })
    expect(sentences(warnings)).toEqual(['its first 9 digits are not those of its parent "340207001000"'])
  })
})

describe('a row of the grid', () => {
  it.each([
    ['340207001003,Again,3,340207001000,', 'code: the same as on line 3'],
    ['0,X,3,340207001000,', 'code: must begin with the 12 digits of its division, not "0"'],
    ['990207001000,X,2,,', 'code: begins with 99, which is no province of GB/T 2260'],
    ['3402070010041,X,3,340207001000,', 'code: the code of a community has 12 digits, not 13 characters'],
    [
      '34020700100312a,X,4,340207001003,',
      'code: behind its 12 digits stands "12a", which places.suffix does not allow',
    ],
    [
      '340207001003,X,4,340207001003,',
      'code: behind its 12 digits stands "", which places.suffix does not allow',
    ],
    ['34020700100308,X,4,340207001009,', 'parent: no cell has the code "340207001009"'],
    ['34020700100308,X,4,,', 'parent: is missing: a group is inside a community'],
    [
      '340207002000,X,2,340207001000,',
      'parent: a street stands at the top of the grid: leave its parent empty',
    ],
    [
      '34020700100308,X,4,34020700100308,',
      'parent: leads back to this cell: its parents go round in a circle',
    ],
    [
      '3402070010030801,X,5,340207001003,',
      'parent: a unit (5) is inside a group (4), but "340207001003" is a community (3)',
    ],
    ['34020700100308,X,6,340207001003,', 'level: must be a whole number 2..5, not 6'],
    ['34020700100308,,4,340207001003,', 'name: is missing (Name of the cell for people)'],
    ['34020700100308,X,4,340207001003,v8', 'version: is not the "v7" of line 2: a table has one version'],
    [
      '34020700100308,X,4',
      'has 3 cells where the first line has 5; put a cell that contains a comma in quotes',
    ],
  ])('is refused where it reads %s', async (row, sentence) => {
    const problems = await refused({ 'grid.csv': `${grid}${row}\n` })
    if (row.startsWith('340207001003,X,4')) expect(problems).toHaveLength(1)
    expect(problems).toEqual([
      sentence.startsWith('has') ? `grid.csv:6: ${sentence}` : `grid.csv:6 ${sentence}`,
    ])
  })

  it('is not told to have no parent where its parent was refused for another reason', async () => {
    expect(await refused({ 'grid.csv': grid.replace('Community', '') })).toEqual([
      'grid.csv:3 name: is missing (Name of the cell for people)',
    ])
    expect(await refused({ 'grid.csv': grid.replaceAll('340207001003,', '34020700100,') })).toEqual([
      'grid.csv:3 code: must begin with the 12 digits of its division, not "34020700100"',
    ])
  })

  it('goes by the suffix that is configured', async () => {
    const strict = main.replace('{ gridFile', '{ suffix: "[0-9]{4}", gridFile')
    expect(await refused({ 'skyeye.yaml': strict })).toEqual([
      'grid.csv:4 code: behind its 12 digits stands "07", which places.suffix does not allow',
    ])
    const broken = main.replace('{ gridFile', '{ suffix: "[0-9", gridFile')
    expect(await refused({ 'skyeye.yaml': broken })).toEqual([
      'skyeye.yaml:2 places.suffix: is not a regular expression',
    ])
  })
})

describe('a row of places', () => {
  it.each([
    ['yard,,,1,1,', 'camera: the same as on line 2'],
    ['b,,,200,1,', 'lon: must be a number -180..180, not 200'],
    ['b,,,31.3,118.4,', 'lat: must be a number -90..90, not 118.4'],
    ['b,,,118,,', 'lat: is missing: it belongs to lon'],
    ['b,0013,,,,', 'addressText: is missing: it belongs to addressCode'],
    ['b,0012,Elsewhere,,,', 'addressText: reads otherwise on line 2, which has the same addressCode'],
    [',,,118,31,', 'camera: is missing, and so is addressCode: whose place is it?'],
    ['b,,,,,340207001009', 'unit: no cell "340207001009" in grid.csv'],
    ['B,,,,,', 'camera: must be the id of a camera: lower-case letters, digits and hyphens, not "B"'],
  ])('is refused where it reads %s', async (row, sentence) => {
    const problems = await refused({ 'places.csv': `${places}${row}\n` })
    expect(problems.map((line) => line.replaceAll(/\/\S*\//g, ''))).toEqual([`places.csv:3 ${sentence}`])
  })

  it('is refused where the camera itself says another place', async () => {
    const beside = main.replace('live" }', 'live", place: { lon: 1, lat: 1 } }')
    expect((await refused({ 'skyeye.yaml': beside })).join()).toMatch(
      /^skyeye.yaml:4 cameras\[0\].place: stands beside .*places.csv:2, which places this camera; use one of the two$/,
    )
  })
})

describe('a row of workers', () => {
  it.each([
    ['340207001009,leader,A,1,,', 'cell: no cell "340207001009" in grid.csv'],
    ['340207001003,boss,A,1,,', 'role: must be one of leader, worker, informant, not "boss"'],
    ['340207001003,leader,A,,,', 'contact: is missing (Where they are reached: a number, an address)'],
    ['340207001003,leader,A,1,noon,', 'days: must be one of mon, tue, wed, thu, fri, sat, sun, not "noon"'],
    ['340207001003,leader,A,1,,8-12', 'hours: must be a span such as "22:00-06:00", in quotes, not "8-12"'],
    ['3402070010030702,leader,Li,138,sat,', 'name: the same as on line 2'],
  ])('is refused where it reads %s', async (row, sentence) => {
    expect(await refused({ 'workers.csv': `${workers}${row}\n` })).toEqual([`workers.csv:3 ${sentence}`])
  })

  it('needs a grid', async () => {
    const alone = main.replace('gridFile: grid.csv, placesFile: places.csv, ', '')
    expect(await refused({ 'skyeye.yaml': alone })).toEqual([
      'skyeye.yaml:2 places.workersFile: needs the table of the grid: name it with gridFile',
    ])
  })
})

describe('the files of the tables', () => {
  it('are refused where they are absent, without a word for every row that would need them', async () => {
    const { 'grid.csv': _, ...rest } = files
    expect(await refusal(rest)).toEqual(['skyeye.yaml:2 places.gridFile: the file does not exist'])
  })

  it('give each fault of a row its line and the number of its column', async () => {
    const bad = { ...files, 'grid.csv': grid.replace('3,340207001000', '3,340207009000') }
    const error = await loadFiles(bad).then(
      () => undefined,
      (reason: { problems: { line: number; column: number; path: string }[] }) => reason,
    )
    expect(error?.problems).toMatchObject([{ line: 3, column: 4, path: 'parent' }])
  })
})

describe('a GB/T 28181 id', () => {
  const withIds = (...ids: string[]) =>
    refusal(
      `gateway: { id: g }\ncameras:\n${ids.map((id, i) => `  - { id: c${i}, name: C, url: "rtsp://10.0.0.1/${i}", gbId: "${id}" }\n`).join('')}`,
    )

  it.each([
    ['34020000001180000001', 'digits 11 to 13 say what it is: 131 or 132 for a camera, not 118 (an NVR)'],
    ['34020000009990000001', 'digits 11 to 13 say what it is: 131 or 132 for a camera, not 999'],
    ['99020000001320000001', 'begins with 99, which is no province of GB/T 2260'],
  ])('%s is refused', async (id, sentence) => {
    expect(await withIds(id)).toEqual([`skyeye.yaml:3 cameras[0].gbId: ${sentence}`])
  })

  it('is refused where another camera has it', async () => {
    const problems = await withIds('34020000001310000001', '34020000001310000001')
    expect(problems.join()).toMatch(
      /^skyeye.yaml:4 cameras\[1\].gbId: the same as that of the camera at .*skyeye.yaml:3$/,
    )
  })
})
