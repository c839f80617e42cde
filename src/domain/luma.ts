/** A small grey picture, computed beside the decoder: what attention and camera health look at. */

export interface Luma {
  /** Pixels, at most 256 wide: each the mean of a square block of the frame's luma. */
  readonly width: number
  readonly height: number
  /** 0..255, row by row. Valid only during the call it is handed to. */
  readonly pixels: Uint8Array
}
