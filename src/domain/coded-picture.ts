/** One coded picture (access unit) of one camera, as it came, not yet decoded. */

export type Codec = 'h264' | 'h265'

export interface CodedPicture {
  readonly codec: Codec
  /** Decoding may begin here: no picture before it is needed (IDR; H.265 also CRA and BLA; H.264 also an I picture with a recovery point). */
  readonly key: boolean
  /** Other pictures may need it. One that is not may be left out without harm. */
  readonly reference: boolean
  /** Annex B: every NAL unit behind a start code 00 00 00 01. A key picture begins with its parameter sets. Whose memory it is, and for how long it is valid, says who gives it. */
  readonly bytes: Uint8Array
  /** Bytes of its slices alone: without parameter sets, SEI and filler. */
  readonly sliceBytes: number
  /** Quantiser of its first slice, 0..51; undefined where it could not be read. */
  readonly qp: number | undefined
  /** When it is to be shown: the stream's own time, ms, going on where the RTP counter wraps. May jump. */
  readonly timeMs: number
  /** When its last packet arrived, epoch ms. */
  readonly arrivedAt: number
  /** Packets were lost since the picture before, or within this one. */
  readonly afterLoss: boolean
}
