/** How many of each kind a camera has in view: a number, nobody in particular. */
import type { Label } from '../../domain/detection.ts'
import type { Track } from '../../domain/track.ts'

/** What is followed. Faces are not. */
export const counted = ['person', 'two-wheeler', 'vehicle'] as const satisfies readonly Label[]

export type InView = Readonly<Record<(typeof counted)[number], number>>

export function countInView(tracks: readonly Pick<Track, 'label'>[]): InView {
  const numberOf = (label: Label) => tracks.filter((track) => track.label === label).length
  return { person: numberOf('person'), 'two-wheeler': numberOf('two-wheeler'), vehicle: numberOf('vehicle') }
}
