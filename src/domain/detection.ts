/** What a model saw in one frame. Nothing here says who anybody is. */
import type { Box } from './geometry.ts'

/** Everything the gateway can see. Faces are detected to be hidden and counted, never identified. */
export const labels = ['person', 'two-wheeler', 'vehicle', 'face', 'object'] as const
export type Label = (typeof labels)[number]

/** Something stands where nothing stood, or no longer where it always was. */
export type Change = 'came' | 'went'

export interface Detection {
  readonly label: Label
  /** 0..1 */
  readonly confidence: number
  readonly box: Box
  /** With label `object`. */
  readonly change?: Change
}

/** Where somebody looked: for all that models know, or for things of one label alone. */
export interface Looked extends Box {
  readonly label?: Label
}
