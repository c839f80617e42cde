/** Takes Annex-B access units of H.264 and H.265 apart and says what each NAL unit is. */

export type Codec = 'h264' | 'h265'

/** The NAL units of one access unit, without start codes and without the padding zeros between them. */
export function splitNals(unit: Buffer): Buffer[] {
  const nals: Buffer[] = []
  let begin = -1
  for (
    let at = unit.indexOf('\0\0\x01', 0, 'latin1');
    at >= 0;
    at = unit.indexOf('\0\0\x01', at + 3, 'latin1')
  ) {
    if (begin >= 0) nals.push(trimZeros(unit.subarray(begin, at)))
    begin = at + 3
  }
  if (begin >= 0) nals.push(trimZeros(unit.subarray(begin)))
  return nals.filter((nal) => nal.length > 0)
}

function trimZeros(nal: Buffer): Buffer {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return nal.subarray(0, end)
}

/** What the simulator needs to know of a NAL unit: the key picture, its parameter sets in their order, and what RTP makes superfluous. */
export type NalRole = 'vps' | 'sps' | 'pps' | 'key' | 'delimiter' | 'other'

const h264Roles: Record<number, NalRole> = { 5: 'key', 7: 'sps', 8: 'pps', 9: 'delimiter' }
const h265Roles: Record<number, NalRole> = { 32: 'vps', 33: 'sps', 34: 'pps', 35: 'delimiter' }

/** Types by ITU-T H.264 table 7-1 and H.265 table 7-1, where 16 to 21 are the random access pictures. */
export function nalRole(nal: Buffer, codec: Codec): NalRole {
  if (codec === 'h264') return h264Roles[nal[0] & 0x1f] ?? 'other'
  const type = (nal[0] >> 1) & 0x3f
  return type >= 16 && type <= 21 ? 'key' : (h265Roles[type] ?? 'other')
}
