/** Four points that tell where the ground is, and what counts by the square metre on it. */
import { describe, expect, it } from 'vitest'
import { loadFiles, refusal, withCamera } from './folder.ts'

/** A strip of 4 m from 5 to 10 m off; the horizon is at 0.2. */
const street = [
  '{ at: [0.1, 1], metres: [-2, 5] }',
  '{ at: [0.9, 1], metres: [2, 5] }',
  '{ at: [0.7, 0.6], metres: [2, 10] }',
  '{ at: [0.3, 0.6], metres: [-2, 10] }',
]
const calibration = (marks: readonly string[] = street) => `calibration: [${marks.join(', ')}]\n`
const square = 'zones: [{ name: square, polygon: [[0.1, 1], [0.9, 1], [0.7, 0.6], [0.3, 0.6]] }]\n'
const crowd = (rest: string) => `rules: [{ kind: crowding, zone: square, ${rest} }]\n`

describe('the calibration of a camera', () => {
  it('is four points of the picture and of the ground', async () => {
    const lines = `${calibration()}${square}${crowd('density: 0.5')}`
    const { config } = await loadFiles({ 'skyeye.yaml': withCamera(lines) })
    expect(config.cameras[0].calibration).toHaveLength(4)
    expect(config.cameras[0].calibration?.[2]).toEqual({ at: { x: 0.7, y: 0.6 }, metres: { x: 2, y: 10 } })
    expect(config.cameras[0].rules).toMatchObject([{ kind: 'crowding', density: 0.5 }])
  })

  const [a, b, c, d] = street
  const blind = 'calibration: does not tell where the ground is:'
  const wanted = 'name the four corners of something flat, in order around it'
  it.each([
    [[a, b, c], 'calibration: must be a list of four points { at: [x, y], metres: [x, y] }, not 3 of them'],
    [
      [a, b, '{ at: [0.5, 1], metres: [2, 10] }', d],
      `${blind} points 1, 2 and 3 lie on one line in the picture; ${wanted}`,
    ],
    [
      [a, '{ at: [0.9, 1], metres: [-2, 20] }', c, d],
      `${blind} points 1, 2 and 4 lie on one line on the ground; ${wanted}`,
    ],
    [
      [b, a, c, d].map((mark, i) => mark.replace(/metres.*/, street[i].replace(/.*(metres.*)/, '$1'))),
      `${blind} the points go round in another order in the picture than on the ground, or surround each other; ${wanted}`,
    ],
    [
      [a, b, c, '{ at: [0.3, 1.2], metres: [-2, 10] }'],
      'calibration[3].at[1]: must be a number 0..1, not 1.2',
    ],
    [
      [a, b, c, '{ at: [0.3, 0.6], metres: [-2] }'],
      'calibration[3].metres: must be a place [x, y] in metres, each -10000..10000, not 1 of them',
    ],
    [
      [a, b, c, '{ at: [0.3, 0.6] }'],
      'calibration[3].metres: is missing (The same point on the ground: metres from any origin, in two directions at right angles)',
    ],
  ])('is refused as %s', async (marks, sentence) => {
    expect(await refusal(withCamera(calibration(marks)))).toEqual([`skyeye.yaml:6 cameras[0].${sentence}`])
  })
})

describe('a crowd by the square metre', () => {
  it('is refused where the zone reaches the sky', async () => {
    const zones = 'zones: [{ name: square, polygon: [[0.1, 1], [0.9, 1], [0.5, 0.1]] }]\n'
    expect(await refusal(withCamera(`${calibration()}${zones}${crowd('density: 0.5')}`))).toEqual([
      'skyeye.yaml:8 cameras[0].rules[0].zone: "square" reaches beyond the calibration of camera "yard" (at the horizon, or over four times as far as its farthest point); draw it nearer, or mark a point that is farther',
    ])
    const { config } = await loadFiles({
      'skyeye.yaml': withCamera(`${calibration()}${zones}${crowd('count: 3')}`),
    })
    expect(config.cameras[0].rules).toHaveLength(1)
  })

  it('ends above nobody', async () => {
    expect(
      await refusal(withCamera(`${calibration()}${square}${crowd('density: 0.2, hysteresis: 4')}`)),
    ).toEqual([
      'skyeye.yaml:8 cameras[0].rules[0].hysteresis: must be below the 4 that it takes on the 20.0 m² of "square", or the alert never ends',
    ])
  })

  it('is refused for each camera that takes the rule from the defaults and has no ground', async () => {
    const defaults = `cameraDefaults:\n  ${square}  ${crowd('density: 1')}`
    expect(await refusal(withCamera('', defaults))).toEqual([
      'skyeye.yaml:9 cameraDefaults.rules[0].density: needs to know the ground of camera "yard": mark four points of it under calibration, or say count instead',
    ])
    const { config } = await loadFiles({ 'skyeye.yaml': withCamera(calibration(), defaults) })
    expect(config.cameras[0].rules).toHaveLength(1)
  })
})
