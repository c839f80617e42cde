/** One camera's source: attempts under supervision, masked frames with their time, the newest first. */
import type { Camera, CameraState } from '../domain/camera.ts'
import type { Trouble } from '../domain/coverage.ts'
import type { Frame } from '../domain/frame.ts'
import { area } from '../domain/geometry.ts'
import { GatewayError } from '../kit/errors.ts'
import { Latest } from '../kit/latest.ts'
import type { Log } from '../kit/log.ts'
import { type Backoff, backoffMs, defaultBackoff, retry } from '../kit/retry.ts'
import { type CameraAddress, parseCameraUrl } from './address.ts'
import { FrameClock } from './frame-clock.ts'
import type { GatedCounters, GatedPicture } from './gated-decoder.ts'
import { GatedStream } from './gated-stream.ts'
import type { Hosts, Lease } from './hosts.ts'
import { LumaShrinker } from './luma.ts'
import { Mask, type Painter } from './mask.ts'
import type { Networks } from './networks.ts'
import type { Picture } from './nut.ts'
import type { BurstRoom, Gate, PixelShelf } from './ports.ts'
import { stateAfter } from './state.ts'
import { openGated, openLive, type Stream } from './stream.ts'
import { TurningMask } from './turning-mask.ts'

export interface CameraSourceOptions {
  readonly camera: Pick<Camera, 'id' | 'url' | 'masks' | 'driver'>
  /** Says what deserves decoding and a look. */
  readonly gate: Gate
  /** Memory of frames. */
  readonly pixels: PixelShelf
  /** Shared by all cameras; absent = no bound but a camera's own. */
  readonly burstRoom?: BurstRoom
  /** Resolves when it is this camera's turn to have a frame looked at: only then is the newest one taken. Never rejects. */
  readonly turn?: (signal: AbortSignal) => Promise<void>
  /** Frames per second of stream time, at most. */
  readonly fps: number
  /** Widest frame, pixels, even. */
  readonly maxWidth: number
  readonly networks: Networks
  readonly hosts: Hosts
  readonly log: Log
  /** Each change of state, with the reason where there is one. */
  readonly onState: (state: CameraState, why?: string) => void
  /** A picture that was due will not be looked at. */
  readonly onMissed?: (trouble: Trouble) => void
  /** A camera that is connected and gives no frame for this long is started anew; default 10 s. */
  readonly silentAfterMs?: number
  readonly backoff?: Backoff
  /** So many crashes of ffmpeg in a row keep the camera out for `quarantineMs`; default 5 and 10 minutes. */
  readonly maxCrashes?: number
  readonly quarantineMs?: number
}

/** Since the source was made. */
export interface SourceCounters {
  /** Frames decoded. */
  readonly frames: number
  /** Frames that a newer one replaced before anybody took them. */
  readonly replaced: number
  readonly attempts: number
  /** How often stream time had to be mapped to the clock anew. */
  readonly reanchored: number
  /** Coded bytes from the camera. */
  readonly bytes: number
  /** What the gate did; all 0 where every picture is decoded. */
  readonly gate: GatedCounters
}

/** Frames of a gate that opened which may wait at once. */
const maxBurst = 12

const noGate: GatedCounters = { coded: 0, decoded: 0, shown: 0, openings: 0, lost: 0, skipped: 0 }

export class CameraSource {
  readonly #options: CameraSourceOptions
  readonly #address: CameraAddress
  readonly #mask: Painter
  readonly #backoff: Backoff
  #state: CameraState = 'connecting'
  readonly #luma = new LumaShrinker()
  #counted = { frames: 0, replaced: 0, attempts: 0, reanchored: 0, bytes: 0, gate: noGate }
  /** Something about this camera only ffmpeg can read. */
  #onlyFfmpeg: boolean
  #latest: Latest<Frame> | undefined
  #stream: Stream | undefined
  #clock = new FrameClock()
  /** Of the streams before. */
  #clockOffsetMs: number | undefined
  #startedAt = 0
  #failures = 0
  #crashes = 0

  /** Throws URL_REFUSED. */
  constructor(options: CameraSourceOptions) {
    this.#options = options
    this.#address = parseCameraUrl(options.camera.url)
    this.#mask = options.gate.masks ? new TurningMask(options.gate) : new Mask(options.camera.masks)
    this.#backoff = options.backoff ?? defaultBackoff
    this.#onlyFfmpeg = options.camera.driver === 'ffmpeg'
  }

  /** A camera that was lost keeps saying why until a frame comes. */
  get state(): CameraState {
    return this.#state
  }

  get counters(): SourceCounters {
    const { frames, replaced, attempts, reanchored, bytes, gate } = this.#counted
    return {
      frames,
      attempts,
      replaced: replaced + (this.#latest?.replaced ?? 0),
      reanchored: reanchored + (this.#stream?.reanchored ?? 0) + this.#clock.reanchored,
      bytes: bytes + (this.#stream?.bytes ?? 0),
      gate: this.#stream instanceof GatedStream ? sum(gate, this.#stream.counters) : gate,
    }
  }

  /** Clock of the camera minus clock of the box, ms, as the newest stream that could say has told; undefined where it is not known. */
  get clockOffsetMs(): number | undefined {
    const told = this.#stream?.clockOffsetMs
    return told === undefined ? this.#clockOffsetMs : (told ?? undefined)
  }

  /** Connects and reconnects until the signal fires or the reader leaves. One reader at a time; never throws. */
  async *frames(signal: AbortSignal): AsyncGenerator<Frame> {
    const latest = new Latest<Frame>({
      maxKept: maxBurst,
      succeed: withOwedLook,
      onDropped: (frame) => this.#drop(frame),
    })
    const left = new AbortController()
    const ending = AbortSignal.any([signal, left.signal])
    const close = () => latest.close()
    ending.addEventListener('abort', close)
    if (ending.aborted) return
    this.#latest = latest
    this.#become('connecting')
    const supervised = retry(
      ending,
      () => this.#attempt(latest, ending),
      (error) => this.#pauseAfter(error),
    )
    try {
      for (;;) {
        const next = await latest.peek()
        if (!next) break
        if (next.look?.length !== 0) await this.#options.turn?.(ending)
        const frame = latest.take()
        if (!frame) continue
        if (frame.burst) this.#options.burstRoom?.leave(frame.pixels.byteLength)
        yield frame
      }
    } finally {
      left.abort()
      await supervised
      this.#latest = undefined
      this.#counted.replaced += latest.replaced
    }
  }

  async #attempt(latest: Latest<Frame>, signal: AbortSignal): Promise<void> {
    const lease = await this.#lease(signal)
    try {
      this.#startedAt = performance.now()
      this.#stream = this.#open(signal)
      await this.#read(this.#stream, latest, lease)
    } catch (error) {
      if (error instanceof GatewayError) this.#learn(error, lease)
      throw error
    } finally {
      this.#counted = { ...this.#counted, ...this.counters, replaced: this.#counted.replaced }
      this.#clockOffsetMs = this.clockOffsetMs
      this.#stream = undefined
      this.#clock = new FrameClock()
      lease.release()
    }
  }

  #open(signal: AbortSignal): Stream {
    const { camera: _, silentAfterMs = 10_000, ...rest } = this.#options
    const options = { ...rest, silentAfterMs, signal, mask: this.#mask }
    rest.gate.begin?.()
    if (this.#address.scheme === 'rtsp' && !this.#onlyFfmpeg) return openGated(this.#address, options)
    return openLive(this.#address, options)
  }

  #learn({ code, message }: GatewayError, lease: Lease): void {
    if (code === 'AUTH_FAILED') lease.authFailed()
    if (code !== 'CODEC_UNSUPPORTED') return
    this.#onlyFfmpeg = true
    const { camera, log } = this.#options
    log.warn({ camera: camera.id, why: message }, 'every picture of this camera is decoded, by ffmpeg alone')
  }

  async #read(stream: Stream, latest: Latest<Frame>, lease: Lease): Promise<void> {
    const generation = ++this.#counted.attempts
    let index = 0
    for await (const picture of stream.pictures()) {
      if (index === 0) {
        lease.succeeded()
        this.#become('live')
      }
      const frame = this.#frame(picture, generation, index++)
      if (!frame) continue
      if (!frame.burst) latest.put(frame)
      else if (this.#options.burstRoom?.enter(frame.pixels.byteLength) === false) this.#discard(frame)
      else latest.keep(frame)
    }
  }

  /** Out of the mailbox, because of a newer one or because nobody reads any more. */
  #drop(frame: Frame): void {
    if (frame.burst) this.#options.burstRoom?.leave(frame.pixels.byteLength)
    this.#discard(frame)
  }

  #discard({ pixels }: Frame): void {
    this.#options.pixels.give(pixels)
    this.#options.onMissed?.('overload')
  }

  /** Undefined where nobody should see it. */
  #frame(picture: Picture | GatedPicture, generation: number, index: number): Frame | undefined {
    this.#counted.frames++
    const { pixels, width, height } = picture
    const judged = 'look' in picture ? picture : this.#judge(picture)
    if (!judged || judged.withheld) {
      this.#options.pixels.give(pixels)
      if (!judged) this.#options.onMissed?.('damaged')
      return undefined
    }
    const { frameTime, arrivedAt, look, burst, preset } = judged
    const camera = this.#options.camera.id
    return {
      ...{ camera, generation, index, width, height, pixels, frameTime, arrivedAt, look, burst },
      ...(preset !== undefined && { preset }),
    }
  }

  /** For a picture that came by no gate: it is too late to save its decoding, but not a look at it. */
  #judge({ pixels, width, height, timeMs }: Picture): Judged | undefined {
    const isPainted = this.#mask.paint(pixels, width, height, timeMs)
    const arrivedAt = Date.now()
    const frameTime = this.#clock.at(timeMs, arrivedAt)
    if (!isPainted) return { frameTime, arrivedAt, look: [], burst: false, withheld: true }
    const {
      worthless,
      open: _,
      ...verdict
    } = this.#options.gate.shown(this.#luma.shrink(pixels, width, height), timeMs)
    return worthless ? undefined : { ...verdict, frameTime, arrivedAt, burst: false }
  }

  async #lease(signal: AbortSignal): Promise<Lease> {
    const { hosts } = this.#options
    const timer = setInterval(() => {
      if (hosts.refused(this.#address)) this.#become('auth_failed', 'The account was refused at this host.')
    }, 1_000)
    try {
      return await hosts.acquire(this.#address, signal)
    } finally {
      clearInterval(timer)
    }
  }

  /** Says what became of the camera, and how long to wait for the next attempt, ms. */
  #pauseAfter(error: unknown): number {
    const code = error instanceof GatewayError ? error.code : undefined
    const why = error instanceof Error ? error.message : 'The stream ended.'
    const healthy = performance.now() - this.#startedAt >= this.#backoff.healthyAfterMs
    this.#failures = healthy ? 1 : this.#failures + 1
    this.#crashes = code !== 'DECODER_CRASHED' ? 0 : healthy ? 1 : this.#crashes + 1
    const { camera, log, maxCrashes = 5, quarantineMs = 600_000 } = this.#options
    const quarantined = this.#crashes >= maxCrashes
    // A size that changes once is an operator's doing; one that keeps changing waits like any other failure.
    const atOnce = (code === 'FORMAT_CHANGED' || code === 'CODEC_UNSUPPORTED') && this.#failures === 1
    const waitMs = quarantined ? quarantineMs : atOnce ? 0 : backoffMs(this.#backoff, this.#failures)
    log.warn({ camera: camera.id, code, waitMs, failures: this.#failures }, why)
    if (!atOnce) this.#become(quarantined ? 'quarantined' : stateAfter(code), why)
    return waitMs
  }

  #become(state: CameraState, why?: string): void {
    if (state === this.#state && state !== 'connecting') return
    this.#state = state
    this.#options.onState(state, why)
  }
}

type Judged = Omit<GatedPicture, keyof Picture>

/**
 * A frame that waited in vain for its turn leaves its look to the one that replaces it: who came and stands still moves no
 * more, and would else not be seen before the next look at everything.
 */
function withOwedLook(newer: Frame, older: Frame): Frame {
  const owesAll = older.look?.some((box) => area(box) === 1)
  return owesAll || newer.look?.length === 0 ? { ...newer, look: older.look } : newer
}

function sum(a: GatedCounters, b: GatedCounters): GatedCounters {
  return {
    coded: a.coded + b.coded,
    decoded: a.decoded + b.decoded,
    shown: a.shown + b.shown,
    openings: a.openings + b.openings,
    lost: a.lost + b.lost,
    skipped: a.skipped + b.skipped,
  }
}
