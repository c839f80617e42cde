/** Chinese division codes, and the ids of GB/T 28181 that begin with one. Always text: 20 digits are too many for a number. */

/** First two digits of GB/T 2260: provinces, municipalities, autonomous and special administrative regions. */
const province = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])/

/** Do these digits begin with a province? */
export function beginsWithProvince(digits: string): boolean {
  return province.test(digits)
}

/** What digits 11 to 13 of an id say: those that are often taken for a camera's by mistake. */
const otherTypes: ReadonlyMap<string, string> = new Map([
  ['111', 'a DVR'],
  ['118', 'an NVR'],
  ['134', 'an alarm input'],
  ['200', 'a signalling server'],
  ['215', 'a business group'],
  ['216', 'a virtual organisation'],
])

/**
 * What is wrong with the GB/T 28181 id of a camera (coding rule A: 8 digits centre, 2 industry, 3 type, 7 serial), as the
 * end of a sentence; undefined where it is sound.
 */
export function cameraIdFault(id: string): string | undefined {
  if (!/^\d{20}$/.test(id)) return 'must be 20 digits'
  if (!beginsWithProvince(id)) return `begins with ${id.slice(0, 2)}, which is no province of GB/T 2260`
  const type = id.slice(10, 13)
  if (type === '131' || type === '132') return undefined
  const other = otherTypes.get(type)
  return `digits 11 to 13 say what it is: 131 or 132 for a camera, not ${type}${other ? ` (${other})` : ''}`
}
