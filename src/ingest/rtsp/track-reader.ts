/** Reads one track that plays: from `$` frames to coded pictures, and what the camera says of its clock. */
import type { CodedPicture } from '../../domain/coded-picture.ts'
import { AccessUnits } from './access-unit.ts'
import { CameraClock } from './camera-clock.ts'
import { InterleavedReader } from './interleaved.ts'
import { readRtcp } from './rtcp.ts'
import { RtpReader } from './rtp.ts'
import type { VideoTrack } from './sdp.ts'
import { StreamClock } from './stream-clock.ts'

/** Where the camera sends: the number in the head of its `$` frames. */
export interface Channels {
  readonly rtp: number
  readonly rtcp: number
}

/** What a camera said of its clock (RTCP sender report). */
export interface ClockReport {
  /** Stream time, ms: that of CodedPicture. */
  readonly timeMs: number
  /** The camera's clock at that time, epoch ms. May be wrong by years. */
  readonly cameraClockMs: number
  /** When the report came, epoch ms. */
  readonly arrivedAt: number
}

export interface TrackSink {
  picture(picture: CodedPicture): void
  /** The camera sends no more. */
  goodbye(): void
}

export class TrackReader {
  readonly #interleaved: InterleavedReader
  readonly #rtp: RtpReader
  readonly #units: AccessUnits
  readonly #clock: StreamClock
  readonly #cameraClock = new CameraClock()
  #arrivedAt = 0
  #report: ClockReport | undefined

  constructor(track: VideoTrack, channels: Channels, sink: TrackSink) {
    const clock = new StreamClock(track.clockRate)
    this.#clock = clock
    this.#units = new AccessUnits({
      codec: track.codec,
      parameterSets: track.parameterSets,
      clock,
      arrivedAt: () => this.#arrivedAt,
      onPicture: (picture) => sink.picture(picture),
    })
    this.#rtp = new RtpReader(track.payloadType, this.#units)
    const control = {
      clock: (stamp: number, cameraClockMs: number) => {
        this.#cameraClock.report(cameraClockMs, this.#arrivedAt)
        const timeMs = clock.locate(stamp, this.#arrivedAt)
        if (timeMs !== undefined) this.#report = { timeMs, cameraClockMs, arrivedAt: this.#arrivedAt }
      },
      goodbye: () => sink.goodbye(),
    }
    this.#interleaved = new InterleavedReader({
      frame: (channel, bytes, from, to) => {
        if (channel === channels.rtp) this.#rtp.read(bytes, from, to)
        else if (channel === channels.rtcp) readRtcp(bytes, from, to, control)
      },
    })
  }

  /** RTP packets that never came. */
  get lost(): number {
    return this.#rtp.lost
  }

  /** Pictures that were left out because they were not whole. */
  get broken(): number {
    return this.#units.broken
  }

  /** Do the camera's time stamps run at another rate than it announced? Then time goes by arrival. */
  get byArrival(): boolean {
    return this.#clock.byArrival
  }

  /** Clock of the camera minus clock of the box, ms; null where it tells no clock, undefined until it has told. */
  get clockOffsetMs(): number | null | undefined {
    return this.#cameraClock.offsetMs
  }

  /** The newest there is. */
  get report(): ClockReport | undefined {
    return this.#report
  }

  /** A run of frames as RtspReader gives it, and when it arrived, epoch ms. Throws a Refusal. */
  feed(run: Buffer, arrivedAt: number): void {
    this.#arrivedAt = arrivedAt
    this.#interleaved.feed(run)
  }
}
