/** The smallest XLSX files, as spreadsheets write them: text in place, numbers as numbers. */
import { strToU8, type Zippable, zipSync } from 'fflate'

export type Value = string | number | null

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const plain = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

export function sheetXml(rows: readonly (readonly Value[])[]): string {
  const cell = (value: Value, address: string) => {
    if (value === null) return ''
    if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`
    return `<c r="${address}" t="inlineStr"><is><t xml:space="preserve">${plain(value)}</t></is></c>`
  }
  const row = (values: readonly Value[], i: number) =>
    `<row r="${i + 1}">${values.map((value, j) => cell(value, `${String.fromCharCode(65 + j)}${i + 1}`)).join('')}</row>`
  return `${head}<worksheet ${main}><sheetData>${rows.map(row).join('')}</sheetData></worksheet>`
}

/** By name of the sheet: its rows, or its XML as it is. */
export function xlsx(
  sheets: Readonly<Record<string, readonly (readonly Value[])[] | string>>,
  more: Zippable = {},
): Uint8Array {
  const names = Object.keys(sheets)
  const parts: Record<string, string> = {
    'xl/workbook.xml': `<workbook ${main} xmlns:r="${rels}"><sheets>${names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${rels}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}</Relationships>`,
    'xl/styles.xml': `<styleSheet ${main}><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>`,
  }
  for (const [i, name] of names.entries()) {
    const rows = sheets[name]
    parts[`xl/worksheets/sheet${i + 1}.xml`] = typeof rows === 'string' ? rows : sheetXml(rows)
  }
  const files = Object.entries(parts).map(([path, xml]) => [
    path,
    strToU8(xml.startsWith('<?') ? xml : head + xml),
  ])
  return zipSync({ ...(Object.fromEntries(files) as Zippable), ...more })
}
