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
}
