/** Tables and numbers as docs/performance.md shows them. */

/** What stands where a number is not there. */
export const none = '–'

/** The first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const [heading, ...body] = rows.map((row) => `| ${row.map(cell).join(' | ')} |`)
  return [heading, `|${'---|'.repeat(rows[0].length)}`, ...body].join('\n')
}

/** Three digits that mean something; whole numbers of any length. */
export function num(value: number | null | undefined, unit = ''): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return none
  const shown = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
  return `${shown}${unit}`
}

export function percent(share: number | null | undefined): string {
  return num(typeof share === 'number' ? Math.round(100 * share) : undefined, ' %')
}

export function megabytes(bytes: number | null | undefined): string {
  return num(typeof bytes === 'number' ? bytes / 1e6 : undefined, ' MB')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
