/** Finds in a session description (SDP, RFC 8866) the one video track that this client reads. */
import type { Codec } from '../../domain/coded-picture.ts'
import { Refusal } from '../refusal.ts'

export interface VideoTrack {
  readonly codec: Codec
  /** RTP payload type, 0..127. */
  readonly payloadType: number
  /** Ticks of the RTP time stamps per second. */
  readonly clockRate: number
  /** The track's control URL as it is written there; undefined or `*` where it has none of its own. */
  readonly control: string | undefined
  /** The same of the whole session. */
  readonly sessionControl: string | undefined
  /** VPS, SPS and PPS NAL units, in the order of decoding; empty where they only come in the stream. */
  readonly parameterSets: readonly Buffer[]
}

type Attributes = readonly string[]

const codecs = new Map<string, Codec>([
  ['H264', 'h264'],
  ['H265', 'h265'],
  ['HEVC', 'h265'],
])
const maxParameterSets = 32
/** Characters; those of cameras have about 1 KiB. */
export const maxDescriptionLength = 32 * 1_024
/** RTP payload types are below this. */
const payloadTypes = 128

/**
 * The first video track in H.264 or H.265. Throws STREAM_FAILED where the description is longer than `maxDescriptionLength`,
 * NO_VIDEO where there is no video at all, and CODEC_UNSUPPORTED where there is only another codec, encrypted media, or a packet
 * order of its own (packetization-mode 2, sprop-max-don-diff).
 */
export function videoTrack(sdp: string): VideoTrack {
  if (sdp.length > maxDescriptionLength) {
    const limit = `${maxDescriptionLength / 1_024} KiB`
    throw new Refusal('STREAM_FAILED', `describes its session in more than ${limit}`)
  }
  const [session, ...media] = sdp.split(/^(?=m=)/m).map(linesOf)
  const videos = media.filter(([first]) => /^m=video\s/.test(first))
  if (videos.length === 0) throw new Refusal('NO_VIDEO', 'offers no video')
  const sessionControl = attribute(session, 'control')
  for (const video of videos) {
    const track = trackOf(video, sessionControl)
    if (track) return track
  }
  const offers = videos.flatMap((video) =>
    video.map((line) => /^a=rtpmap:\d+\s+([\w.-]{1,32})/.exec(line)?.[1]),
  )
  const named = offers.filter((name) => name !== undefined).slice(0, 4)
  const what =
    named.length > 0 ? `as ${named.join(', ')}` : 'in a way that its session description does not tell'
  throw new Refusal('CODEC_UNSUPPORTED', `offers video ${what}, not as H.264 or H.265 over plain RTP`)
}

function linesOf(section: string): Attributes {
  return section
    .trim()
    .split(/[\r\n]+/)
    .map((line) => line.trim())
}

function trackOf(lines: Attributes, sessionControl: string | undefined): VideoTrack | undefined {
  const [, , protocol = '', ...formats] = lines[0].split(/\s+/)
  if (!/^RTP\/AVPF?(\/(TCP|UDP))?$/i.test(protocol)) return
  // Each payload type once: every one costs a walk through all lines.
  for (const format of new Set(formats.filter(isPayloadType))) {
    const [, name, rate] = /^([\w.-]+)\/(\d{1,9})/.exec(attribute(lines, 'rtpmap', format) ?? '') ?? []
    const codec = codecs.get(name?.toUpperCase() ?? '')
    if (!codec || Number(rate) === 0) continue
    const parameters = parametersOf(attribute(lines, 'fmtp', format) ?? '')
    refuseReordering(parameters)
    return {
      codec,
      payloadType: Number(format),
      clockRate: Number(rate),
      control: attribute(lines, 'control'),
      sessionControl,
      parameterSets: parameterSets(codec, parameters),
    }
  }
  return undefined
}

function isPayloadType(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) < payloadTypes
}

/** The value of `a=name:value`, or of `a=name:format value`. */
function attribute(lines: Attributes, name: string, format?: string): string | undefined {
  const start = `a=${name}:${format === undefined ? '' : `${format} `}`
  return lines
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim()
}

/** `key=value; key=value`, names in lower case; Base64 values may hold `=` themselves. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map((part) => /^([\w-]+)\s*=(.*)$/.exec(part.trim()))
  return new Map(
    pairs.filter((pair) => pair !== null).map(([, key, value]) => [key.toLowerCase(), value.trim()]),
  )
}

function refuseReordering(parameters: ReadonlyMap<string, string>): void {
  const mode = parameters.get('packetization-mode')
  const reordered = mode === '2' || Number(parameters.get('sprop-max-don-diff') ?? 0) > 0
  if (reordered)
    throw new Refusal('CODEC_UNSUPPORTED', 'sends its pictures in another order than they are decoded')
}

function parameterSets(codec: Codec, parameters: ReadonlyMap<string, string>): Buffer[] {
  const names = codec === 'h264' ? ['sprop-parameter-sets'] : ['sprop-vps', 'sprop-sps', 'sprop-pps']
  return names
    .flatMap((name) => (parameters.get(name) ?? '').split(','))
    .map((text) => Buffer.from(text, 'base64'))
    .filter((nal) => nal.length > 0)
    .slice(0, maxParameterSets)
}
