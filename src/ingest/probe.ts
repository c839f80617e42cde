/** Opens a source for a moment and says what it is, for `check --connect`. */
import type { CameraState } from '../domain/camera.ts'
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { type CameraAddress, parseCameraUrl } from './address.ts'
import { decode } from './decoder.ts'
import { probeArguments } from './ffmpeg.ts'
import { FfmpegRun } from './ffmpeg-run.ts'
import { RtspGuard } from './guard.ts'
import type { Hosts, Lease } from './hosts.ts'
import type { Networks } from './networks.ts'
import type { Picture } from './nut.ts'
import { Packets } from './packets.ts'
import { stateAfter } from './state.ts'

export interface ProbeOptions {
  readonly networks: Networks
  /** Shared by all cameras of one check, so that a mistyped password is tried once. */
  readonly hosts: Hosts
  readonly log: Log
  /** Stream time to look at; default 4 s. */
  readonly seconds?: number
  /** Longest silence, ms; default 10 s. */
  readonly silentAfterMs?: number
  readonly signal?: AbortSignal
}

export interface ProbedStream {
  /** ffmpeg's name: `h264`, `hevc`. */
  readonly codec: string
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Longest distance of two key pictures; undefined where it is longer than what was seen. */
  readonly gopSeconds: number | undefined
  readonly bitsPerSecond: number
  /** From connecting to the first decoded picture, ms. */
  readonly firstPictureMs: number
  /** For the installer, where there is something to do better. */
  readonly advice?: string
}

/** Why it could not be opened. */
export interface ProbeFailure {
  readonly state: CameraState
  readonly why: string
}

export type ProbeResult = ProbedStream | ProbeFailure

const wideFrom = 1_280
const fatFrom = 2_000_000

/** Waits for its turn at the host first. Rejects only where the signal fires or ffmpeg is missing. */
export async function probeCamera(url: string, options: ProbeOptions): Promise<ProbeResult> {
  const { hosts, signal = new AbortController().signal } = options
  try {
    const address = parseCameraUrl(url)
    const lease = await leaseFor(address, hosts, signal)
    try {
      return await look(address, lease, { ...options, signal })
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'AUTH_FAILED') lease.authFailed()
      throw error
    } finally {
      lease.release()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GatewayError) || error.code === 'FFMPEG_MISSING') throw error
    return { state: stateAfter(error.code), why: error.message }
  }
}

/** Gives up where the account was refused: the pause that follows is for the service, not for somebody who waits. */
async function leaseFor(address: CameraAddress, hosts: Hosts, signal: AbortSignal): Promise<Lease> {
  const refusal = new AbortController()
  const timer = setInterval(() => {
    if (hosts.refused(address)) refusal.abort()
  }, 200)
  try {
    return await hosts.acquire(address, AbortSignal.any([signal, refusal.signal]))
  } catch (error) {
    if (!refusal.signal.aborted) throw error
    const why = 'It was not tried: another camera with the same account at the same host was refused.'
    throw new GatewayError('AUTH_FAILED', why)
  } finally {
    clearInterval(timer)
  }
}

async function look(
  address: CameraAddress,
  lease: Lease,
  options: ProbeOptions & { readonly signal: AbortSignal },
): Promise<ProbedStream> {
  const { networks, log, signal } = options
  const startedAt = performance.now()
  if (address.scheme === 'file') return measure(address, startedAt, lease, options, () => 0)
  const guard = new RtspGuard({ address, networks, log })
  const leave = () => void guard.stop()
  signal.addEventListener('abort', leave)
  try {
    return await measure(await guard.start(), startedAt, lease, options, () => guard.lastByteAt)
  } catch (error) {
    throw guard.failure ?? error
  } finally {
    signal.removeEventListener('abort', leave)
    await guard.stop()
  }
}

async function measure(
  source: Parameters<typeof probeArguments>[0],
  startedAt: number,
  lease: Lease,
  options: ProbeOptions & { readonly signal: AbortSignal },
  lastByteAt: () => number,
): Promise<ProbedStream> {
  const { seconds = 4, silentAfterMs = 10_000, signal } = options
  const packets = new Packets()
  // Its own size, as some streams only tell it with their first picture.
  const run = new FfmpegRun(probeArguments(source, { maxWidth: 8_192, fps: 5 }), 'side')
  run.side?.setEncoding('latin1').on('data', (text: string) => packets.feed(text))
  let first: { readonly picture: Picture; readonly afterMs: number } | undefined
  for await (const picture of decode(run, signal, { silentAfterMs, lastByteAt })) {
    first ??= { picture, afterMs: performance.now() - startedAt }
    lease.succeeded()
    if (packets.spanMs >= seconds * 1_000) break
  }
  if (!first) throw new GatewayError('NO_VIDEO', 'The source ended before it gave a picture.')
  const { codec, fps, bitsPerSecond, gopSeconds, width, height } = packets.facts()
  if (codec === undefined || fps === undefined || bitsPerSecond === undefined) {
    throw new GatewayError('STREAM_FAILED', 'The source ended too soon to say what it is.')
  }
  const size = { width: width ?? first.picture.width, height: height ?? first.picture.height }
  const heavy = size.width >= wideFrom || bitsPerSecond > fatFrom
  return {
    ...{ codec, ...size, fps, gopSeconds, bitsPerSecond, firstPictureMs: first.afterMs },
    ...(heavy ? { advice: 'main stream where a substream would do' } : {}),
  }
}
