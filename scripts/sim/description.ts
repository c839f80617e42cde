/** Session descriptions (SDP, RFC 8866) of simulated cameras. */
import type { Clip } from './clip.ts'

const base64 = (nals: readonly Buffer[]) => nals.map((nal) => nal.toString('base64')).join(',')

/** Format parameters by RFC 6184 section 8.1 and RFC 7798 section 7.1. */
function format({ codec, sets }: Clip): string {
  if (codec === 'h265') {
    return `sprop-vps=${base64(sets.vps)};sprop-sps=${base64(sets.sps)};sprop-pps=${base64(sets.pps)}`
  }
  const profile = sets.sps[0].subarray(1, 4).toString('hex').toUpperCase()
  return `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${base64([...sets.sps, ...sets.pps])}`
}

const session = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=skyeye-sim',
  'c=IN IP4 0.0.0.0',
  't=0 0',
  'a=control:*',
]
const lines = (parts: readonly string[]) => `${parts.join('\r\n')}\r\n`

export function describeVideo(clip: Clip): string {
  const name = clip.codec === 'h264' ? 'H264' : 'H265'
  const media = ['m=video 0 RTP/AVP 96', `a=rtpmap:96 ${name}/90000`, `a=fmtp:96 ${format(clip)}`]
  return lines([...session, ...media, 'a=control:trackID=0'])
}

/** The description of a camera that only has a microphone. */
export function describeAudio(): string {
  return lines([...session, 'm=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=control:trackID=0'])
}
