/** What can be wrong with the view of a camera that gives pictures. */

/**
 * `covered` something hides most of it · `blurred` nothing is sharp any more · `dark`, `bright` too much so to see anything ·
 * `moved` it shows another view than its reference · `frozen` it is always the same picture · `corrupted` pictures are grey or smeared in parts.
 */
export const viewFaults = ['covered', 'blurred', 'dark', 'bright', 'moved', 'frozen', 'corrupted'] as const
export type ViewFault = (typeof viewFaults)[number]

/** By how much a view shifted against its reference, as shares of width and height: what was at x is now at x + dx. */
export interface ViewShift {
  readonly dx: number
  readonly dy: number
}

/** What is wrong with a view, as an alert tells it. */
export interface Tamper {
  readonly faults: readonly ViewFault[]
  /** With `moved`, where it is known. */
  readonly shift?: ViewShift
  /** With `moved`: it shows its reference again, and still waits for somebody to confirm it. */
  readonly back?: true
}

/**
 * Edges of a view that stay where they are, a few hundred of them: all that is kept of what a camera showed. It says where
 * something becomes lighter, not how light anything is: no picture can be made of it.
 */
export interface Outline {
  /** Of the small grey picture, pixels. */
  readonly width: number
  readonly height: number
  /** Share of the edges that is usually found, 0..1. */
  readonly agreeing: number
  /** One edge after the other: x, y, and the direction in which it becomes lighter, degrees. */
  readonly edges: readonly number[]
  /** How far the view lies beside what was confirmed, as its reference followed it. */
  readonly crept?: ViewShift
}

/** Of which cameras something may be remembered, by id. */
export interface Rememberable {
  /** They are configured. */
  readonly known: readonly string[]
  /** They may be read, so that their outlines may be kept. */
  readonly seen: readonly string[]
}

/** What is remembered of a view over a restart. */
export interface KeptView {
  readonly camera: string
  /** Absent for a camera that stands still. */
  readonly preset?: string
  /** Digest of the address and the masks that were in force: with others it is another view. */
  readonly of: string
  /** It moved, and nobody has confirmed it since. */
  readonly distrusted: boolean
  /** Absent until it is learned. */
  readonly outline?: Outline
}
