/** What ingest needs of others: somebody who says what deserves decoding, and memory for pixels. */
import type { Box, Point } from '../domain/geometry.ts'
import type { Luma } from '../domain/luma.ts'

/** What is known of a coded picture without decoding it. */
export interface CodedFacts {
  /** Stream time, ms. */
  readonly timeMs: number
  readonly sliceBytes: number
  readonly key: boolean
  readonly reference: boolean
  /** 0..51; undefined where it could not be read. */
  readonly qp: number | undefined
  readonly afterLoss: boolean
}

/**
 * `keep`: it stays in the ring, undecoded · `decode`: the next ones will need it, nobody wants to see it · `show`: it is wanted, and
 * what it needs is decoded with it · `open`: something moves: also what came before it is wanted, as a burst.
 */
export type Choice = 'keep' | 'decode' | 'show' | 'open'

/** What became of a picture that was shown. */
export interface Verdict {
  /** Something moved since the picture that was shown before: what lies between them is wanted too, as a burst. */
  readonly open: boolean
  /** Regions that deserve a look by the models, 0..1; none where nothing moved. */
  readonly look: readonly Box[]
  /** A decoder made it up from what was lost: nobody is to see it, and nobody has watched. */
  readonly worthless?: boolean
  /** Nothing is wrong with it, and nobody is to see it. */
  readonly withheld?: boolean
  /** Of a camera that turns: where it stands in this picture. */
  readonly preset?: string
}

/** Judges one camera's pictures; only ever compares their times with each other. */
export interface Gate {
  /** Does something move, so that pictures are wanted as soon as they come? */
  readonly isOpen: boolean
  /** Another stream of the camera begins: its times, its coding and its way here have nothing to do with those before. */
  begin?(): void
  /** Each coded picture, in the order in which they came. */
  coded(facts: CodedFacts): Choice
  /**
   * Of a camera that turns, before anything is painted and before it is `shown`: the masks that lie on this picture; undefined
   * where nobody knows, and then nobody is to see it. Absent = always those of the camera.
   */
  masks?(luma: Luma, timeMs: number): readonly (readonly Point[])[] | undefined
  /** Each decoded picture, in the order of their times. */
  shown(luma: Luma, timeMs: number): Verdict
}

/** Where the memory of pictures comes from and goes to. */
export interface PixelShelf {
  /** Undefined where too much is out already: that picture is skipped. */
  take(bytes: number): Uint8Array<ArrayBuffer> | undefined
  give(pixels: Uint8Array): void
}

/** How much of the bursts of all cameras may wait at the same time: a flash of lightning opens every gate at once. */
export interface BurstRoom {
  /** False where there is no room. */
  enter(bytes: number): boolean
  leave(bytes: number): void
}
