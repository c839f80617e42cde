/** Spreadsheets are read within limits, and codes that became numbers are refused with their cell. */
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { sheetXml, xlsx } from '../../scripts/places/xlsx.ts'
import { csvLine, sheetToCsv } from '../../src/places/to-csv.ts'
import { readSheets } from '../../src/places/workbook.ts'

const isCode = (column: string) => column === 'code'

/** Small, and 64 MB of zeros when it is unpacked. */
const bomb = xlsx({ s: [['code']] }, { 'xl/zeros.xml': [new Uint8Array(64 * 2 ** 20), { level: 1 }] })

describe('an XLSX file', () => {
  it('becomes a CSV with the same rows on the same lines', async () => {
    const rows = [
      ['code', 'name', 'level'],
      ['0012', 'East,\n"gate"', 3],
      [null, null, null],
      ['0013', ' #1', 2.5],
    ]
    const [first, second] = await readSheets(xlsx({ grid: rows, 工作表: [['code']] }))
    expect([first.name, second.name]).toEqual(['grid', '工作表'])
    const { csv, faults } = sheetToCsv(first, isCode)
    expect(faults).toEqual([])
    expect(csv.split('\n')).toEqual(['code,name,level', '0012,"East, ""gate""",3', ',,', '0013,"#1",2.5', ''])
  })

  it('says of each code that is a number in which cell it stands', async () => {
    const rows = [['name', 'code'], ['A', 340207001000], [], ['B', '340207001000'], ['C', 34]]
    const [sheet] = await readSheets(xlsx({ s: rows as (string | number)[][] }))
    const { faults } = sheetToCsv(sheet, isCode)
    expect(faults.map(({ line, column, path }) => [line, column, path])).toEqual([
      [2, 2, 'code'],
      [5, 2, 'code'],
    ])
    expect(faults[0].message).toMatch(/^is a number in the sheet/)
  })

  it.each<[string, Uint8Array]>([
    ['no ZIP', Buffer.from('code,name\n')],
    ['a ZIP that is cut off', xlsx({ s: [['code']] }).subarray(0, 400)],
    ['XML that is none', xlsx({ s: '<worksheet><sheetData><row' })],
  ])('is refused where it is %s', async (_, bytes) => {
    await expect(readSheets(bytes)).rejects.toThrow(expect.objectContaining({ code: 'IMPORT_REFUSED' }))
  })

  it('is refused before it is unpacked where it is a bomb, however small', async () => {
    expect(bomb.length).toBeLessThan(2 ** 20)
    await expect(readSheets(bomb)).rejects.toThrow('unpacks to more than a table needs')
  })

  it('takes no more memory than it says where it lies about what it unpacks to', async () => {
    const lying = Buffer.from(bomb)
    // In its own head, 22 bytes in and 30 before the name, and in the directory, 24 in and 46 before.
    const [own, listed] = [lying.indexOf('xl/zeros.xml'), lying.lastIndexOf('xl/zeros.xml')]
    for (const at of [own - 8, listed - 22]) {
      expect(lying.readUInt32LE(at)).toBe(64 * 2 ** 20)
      lying.writeUInt32LE(1_000, at)
    }
    const before = process.memoryUsage().arrayBuffers
    const sheets = await readSheets(lying)
    expect(sheets).toEqual([{ name: 's', rows: [['code']] }])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20)
  })

  it.each(['XFD1048576', 'A99999', 'ZZ1', '&#88;FD1'])(
    'is refused where it has a cell at %s',
    async (address) => {
      const far = sheetXml([['code']]).replace('</row>', `<c r="${address}"><v>1</v></c></row>`)
      await expect(readSheets(xlsx({ s: far }))).rejects.toThrow('delete what is far out')
    },
  )
})

it('a line of a CSV gives back the cells that made it', () => {
  const cells = ['a,b', '"', '', '#c', ' d ', 'e']
  expect(parse(csvLine(cells))).toEqual([cells])
  expect(parse(csvLine(['a\r\nb']))).toEqual([['a b']])
})
