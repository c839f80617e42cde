/** What a model saw in one frame. Nothing here says who anybody is. */
import type { Box } from './geometry.ts'

/** Everything the gateway can see. Faces are detected to be hidden and counted, never identified. */
export const labels = ['person', 'two-wheeler', 'vehicle', 'face', 'object'] as const
export type Label = (typeof labels)[number]

/** Something stands where nothing stood, or no longer where it always was. */
export const changes = ['came', 'went'] as const
export type Change = (typeof changes)[number]

/** Of vehicles and two-wheelers, where the model tells them apart; what it does not tell is not guessed. */
export const types = ['car', 'bus', 'truck', 'bicycle', 'motorcycle'] as const
export type ThingType = (typeof types)[number]

/** Main colours of vehicles. Silver is grey. */
export const colours = [
  'black',
  'grey',
  'white',
  'red',
  'orange',
  'brown',
  'yellow',
  'green',
  'blue',
] as const
export type Colour = (typeof colours)[number]

export interface Detection {
  readonly label: Label
  /** 0..1 */
  readonly confidence: number
  readonly box: Box
  readonly type?: ThingType
  /** Of vehicles only, where it can be told. Nobody's clothes have one. */
  readonly colour?: Colour
  /** Of people, where faces were looked for: was theirs seen? */
  readonly faceSeen?: boolean
  /** With label `object`. */
  readonly change?: Change
}

/** Where somebody looked: for all that models know, or for things of one label alone. */
export interface Looked extends Box {
  readonly label?: Label
}
