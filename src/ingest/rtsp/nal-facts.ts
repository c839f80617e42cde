/** What a picture's NAL units say of it, without decoding any. */

/** What becomes of a NAL unit; parameter sets are kept apart, as every key picture needs them. */
export type NalRole = 'slice' | 'vps' | 'sps' | 'pps' | 'keep' | 'drop'

/** One per stream, one picture at a time. */
export interface NalFacts {
  /** Before the first NAL unit of a picture. */
  reset(): void
  /** A NAL unit, at least as long as its header, without start code. */
  take(nal: Uint8Array): NalRole
  /** The picture's first slice has come. */
  readonly begins: boolean
  /** Decoding may begin with this picture. */
  readonly key: boolean
  /** Other pictures may need it. */
  readonly reference: boolean
}
