/** What an alert tells of a thing as it is now. */
import { describe, expect, it } from 'vitest'
import { attributesOf } from '../../src/domain/attributes.ts'
import { Ground } from '../../src/domain/ground.ts'
import { trackAt } from '../support/scene.ts'

/** The picture is 20 m wide and 10 m deep. */
const corners = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const
const ground = new Ground(corners.map(([x, y]) => ({ at: { x, y }, metres: { x: 20 * x, y: 10 * y } })))

describe('the attributes of a thing', () => {
  it('say how it moves: to where, in terms of its height of a fifth of the picture, and in metres', () => {
    const walks = trackAt(1, 0.5, 0.8, { velocity: { x: -0.06, y: 0.08 } })
    expect(attributesOf(walks)).toEqual({ pace: 'slow', heading: 'down-left' })
    expect(attributesOf(walks, ground).speed).toBeCloseTo(Math.hypot(1.2, 0.8))
    const runs = trackAt(1, 0.5, 0.8, { velocity: { x: 0.3, y: 0.001 } })
    expect(attributesOf(runs)).toEqual({ pace: 'fast', heading: 'right' })
  })

  it('say of what stands no way, also where its box trembles', () => {
    const creeps = trackAt(1, 0.5, 0.8, { velocity: { x: 0.01, y: 0 } })
    expect(attributesOf(creeps, ground)).toEqual({ pace: 'standing', speed: 0 })
    const trembles = trackAt(1, 0.5, 0.8, { velocity: { x: 0.1, y: 0 }, standingSince: 5 })
    expect(attributesOf(trembles, ground)).toEqual({ pace: 'standing', speed: 0 })
  })

  it('say no speed where the foot is below the picture', () => {
    const cut = trackAt(1, 0.5, 1, { velocity: { x: 0.1, y: 0 } })
    expect(attributesOf(cut, ground)).toEqual({ pace: 'slow', heading: 'right' })
  })

  it('say of a person whether their face was seen', () => {
    expect(attributesOf(trackAt(1, 0.5, 0.8, { faceSeen: false }))).toEqual({
      faceSeen: false,
      pace: 'standing',
    })
    expect(attributesOf(trackAt(1, 0.5, 0.8))).toEqual({ pace: 'standing' })
  })

  it('say the type and colour of a vehicle', () => {
    expect(attributesOf(trackAt(1, 0.5, 0.8, { type: 'bus', colour: 'white' }, 'vehicle'))).toEqual({
      type: 'bus',
      colour: 'white',
      pace: 'standing',
    })
  })
})
