/** What many looks at one thing say of it together. */
import { describe, expect, it } from 'vitest'
import type { Detection } from '../../src/domain/detection.ts'
import { wholePicture } from '../../src/domain/geometry.ts'
import { Tracker } from '../../src/track/tracker.ts'
import { Traits } from '../../src/track/traits.ts'
import { detectionAt } from '../support/scene.ts'

/** After each of these looks. */
function typesAfter(looks: readonly (readonly [Detection['type'], number])[]) {
  const traits = new Traits()
  return looks.map(([type, confidence]) => {
    traits.note(detectionAt(0.5, 0.8, { label: 'vehicle', type, confidence }))
    return traits.told().type
  })
}

describe('the type of a thing', () => {
  it('is what most looks say by their confidence, once there are a few', () => {
    expect(
      typesAfter([
        ['car', 0.5],
        ['car', 0.6],
      ]),
    ).toEqual([undefined, 'car'])
    expect(
      typesAfter([
        ['truck', 0.3],
        ['car', 0.8],
        ['truck', 0.3],
        ['car', 0.8],
      ]).at(-1),
    ).toBe('car')
  })

  it('does not flicker where two are as likely', () => {
    const looks = Array.from({ length: 40 }, (_, i) => [i % 2 ? 'car' : 'truck', i % 2 ? 0.81 : 0.8] as const)
    expect(new Set(typesAfter(looks).slice(1))).toEqual(new Set(['truck']))
  })

  it('changes for one that is clearly ahead', () => {
    const looks = [
      ['truck', 0.9],
      ['truck', 0.9],
      ...Array.from({ length: 5 }, () => ['car', 0.9] as const),
    ] as const
    expect(typesAfter(looks)).toEqual([undefined, 'truck', 'truck', 'truck', 'car', 'car', 'car'])
  })

  it('is not told where the model does not tell it, and where three are as likely', () => {
    expect(
      typesAfter([
        [undefined, 0.9],
        [undefined, 0.9],
      ]),
    ).toEqual([undefined, undefined])
    expect(
      typesAfter([
        ['truck', 0.8],
        ['bus', 0.8],
        ['car', 0.8],
      ]).at(-1),
    ).toBeUndefined()
  })

  it('comes with the colour that a few looks agree on, whatever the others did not see', () => {
    const coloursOf = (looks: readonly Detection['colour'][]) => {
      const traits = new Traits()
      for (const colour of looks) traits.note(detectionAt(0.5, 0.8, { label: 'vehicle', colour }))
      return traits.told().colour
    }
    expect(coloursOf(['red', undefined, 'red'])).toBeUndefined()
    expect(coloursOf(['red', undefined, 'red', 'grey', undefined, 'red'])).toBe('red')
    expect(coloursOf(['red', 'grey', 'black', 'white'])).toBeUndefined()
  })

  it('comes with whether a face was seen in any look that was for faces', () => {
    const seenOf = (looks: readonly Detection['faceSeen'][]) => {
      const traits = new Traits()
      for (const faceSeen of looks) traits.note(detectionAt(0.5, 0.8, { faceSeen }))
      return traits.told()
    }
    expect(seenOf([undefined, undefined])).toEqual({})
    expect(seenOf([undefined, false, undefined])).toEqual({ faceSeen: false })
    expect(seenOf([false, true, undefined, false])).toEqual({ faceSeen: true })
  })

  it('is on the track that the looks belong to', () => {
    const tracker = new Tracker()
    const car = { label: 'vehicle', type: 'car', colour: 'blue' } as const
    const bike = { label: 'two-wheeler' } as const
    const see = (i: number) => [detectionAt(0.3 + i * 0.005, 0.8, car), detectionAt(0.7, 0.8, bike)]
    const tracks = Array.from({ length: 10 }, (_, i) => tracker.update(see(i), [wholePicture], i * 200)).at(
      -1,
    )
    expect(tracks?.map(({ label, type, colour }) => [label, type, colour])).toEqual([
      ['vehicle', 'car', 'blue'],
      ['two-wheeler', undefined, undefined],
    ])
  })
})
