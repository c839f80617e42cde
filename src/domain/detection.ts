/** What a model saw in one frame. Nothing here says who anybody is. */
import type { Box } from './geometry.ts'

/** Everything the gateway can see. Faces are detected to be hidden and counted, never identified. */
export const labels = ['person', 'two-wheeler', 'vehicle', 'face', 'object'] as const
export type Label = (typeof labels)[number]

export interface Detection {
  readonly label: Label
  /** 0..1 */
  readonly confidence: number
  readonly box: Box
}
