/** Reads the sheets of an XLSX file within limits: it is a ZIP of XML, and a small one may unpack to gigabytes. */
import { unzipSync, zipSync } from 'fflate'
import readWorkbook from 'read-excel-file/universal'
import { GatewayError } from '../kit/errors.ts'

/** A table of 20 000 rows has some 5 MB, unpacked ten times that. */
export const maxFileBytes = 16 * 2 ** 20
const maxUnpackedBytes = 48 * 2 ** 20
const maxEntries = 1_000
const maxRows = 20_001
const maxColumns = 100

/** A number keeps the digits that the file has: what a code lost in the spreadsheet is lost, but no more is here. */
export interface SheetNumber {
  readonly digits: string
}

export type SheetCell = string | SheetNumber | boolean | Date | null

export interface Sheet {
  readonly name: string
  /** Row by row from the first of the sheet; each from column A. */
  readonly rows: readonly (readonly SheetCell[])[]
}

/** @throws GatewayError IMPORT_REFUSED where it is no XLSX, too large, or has cells far out. */
export async function readSheets(bytes: Uint8Array): Promise<Sheet[]> {
  if (bytes.length > maxFileBytes) throw refused(`has more than ${maxFileBytes / 2 ** 20} MB`)
  const parts = unpacked(bytes)
  for (const [name, part] of Object.entries(parts)) if (/worksheets\//.test(name)) checkReach(part)
  // Stored anew, so that the library unpacks nothing but what was measured here.
  const measured = zipSync(parts, { level: 0 })
  try {
    const sheets = await readWorkbook<SheetNumber>(measured.buffer as ArrayBuffer, {
      parseNumber: (digits) => ({ digits }),
    })
    return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data as unknown as SheetCell[][] }))
  } catch {
    throw refused('is not an XLSX file that can be read')
  }
}

/** The XML in it; pictures and whatever else is left packed. */
function unpacked(bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0
  let entries = 0
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/\.(xml|rels)$/i.test(name)) return false
        total += originalSize
        entries++
        if (total > maxUnpackedBytes || entries > maxEntries)
          throw refused('unpacks to more than a table needs')
        return true
      },
    })
  } catch (error) {
    throw error instanceof GatewayError
      ? error
      : refused('is not an XLSX file (a ZIP of XML) that can be read')
  }
}

/** One cell at the far corner of a sheet would become a list of 17 billion. */
function checkReach(part: Uint8Array): void {
  const xml = new TextDecoder().decode(part)
  for (const [, address] of xml.matchAll(/<(?:\w+:)?(?:c|row)\b[^>]*?\sr\s*=\s*["']([^"']*)["']/g)) {
    const [, letters, digits] = /^([A-Z]{0,2})([1-9]\d{0,4})$/.exec(address) ?? []
    const column = [...(letters ?? '')].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
    if (digits !== undefined && Number(digits) <= maxRows && column <= maxColumns) continue
    throw refused(`has cells beyond row ${maxRows} or column ${maxColumns}: delete what is far out`)
  }
}

function refused(why: string): GatewayError {
  return new GatewayError('IMPORT_REFUSED', why)
}
