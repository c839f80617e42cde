/** What the gate hears about a coded picture, and what it answers. */
import type { CodedPicture } from '../domain/coded-picture.ts'

/** What is known of a coded picture without decoding it. */
export type CodedFacts = Pick<
  CodedPicture,
  'timeMs' | 'sliceBytes' | 'key' | 'reference' | 'qp' | 'afterLoss'
>

/**
 * `keep`: it stays in the ring, undecoded · `decode`: the next ones will need it · `show`: it is wanted, and decoded with what it
 * needs · `open`: something moves: what came before it, since the last key picture, is wanted too.
 */
export type Choice = 'keep' | 'decode' | 'show' | 'open'

/** What the sizes of a stream's pictures say. */
export interface Activity {
  /** Something seems to move. */
  readonly active: boolean
  /** How strongly, in no unit: only compared with itself. */
  readonly score: number
  /** The sizes say nothing about movement, as with a constant bit rate. */
  readonly blind: boolean
}

/** Listens to every coded picture of one camera. */
export interface Packets {
  /** `moving`: decoded pictures have just shown movement, so this is no still scene to learn. */
  add(facts: CodedFacts, moving: boolean): Activity
}
