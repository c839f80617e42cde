/** Where the alert of an outage belongs. */
import { expect, it } from 'vitest'
import type { Camera, GridPlace } from '../src/domain/camera.ts'
import { placeOfAlert } from '../src/outage-watch.ts'
import { sampleAlert, sampleCamera } from './support/alert-samples.ts'

const cell = { street: '01', community: '0102', group: '010203', unit: '01020304' }
const at = (id: string, grid: GridPlace): Camera => ({ ...sampleCamera, id, grid })
const lost = (...ids: string[]) =>
  sampleAlert({
    outage: {
      ...{ count: ids.length, missing: ids.length },
      cameras: ids.map((id) => ({ id, name: id, state: 'offline', since: 1 })),
    },
  })

it('is where its camera is, if it is one camera, or a rule that speaks', () => {
  const camera = at('a', cell)
  expect(placeOfAlert(sampleAlert(), camera, [camera])).toBe(camera)
  expect(placeOfAlert(lost('a'), camera, [camera, at('b', {})])).toBe(camera)
})

it('is the smallest cell that holds all cameras, without the address of one of them', () => {
  const cameras = [at('a', cell), at('b', { ...cell, unit: '01020305' }), at('c', { street: '02' })]
  const { grid, address, place, placeMissing, name } = placeOfAlert(lost('a', 'b'), cameras[0], cameras)
  expect(grid).toEqual({ street: '01', community: '0102', group: '010203' })
  expect([address, place, placeMissing, name]).toEqual([undefined, undefined, undefined, sampleCamera.name])
  expect(placeOfAlert(lost('a', 'b', 'c'), cameras[0], cameras).grid).toEqual({})
})

it('does not join what only has the same code further down', () => {
  const cameras = [at('a', { street: '01', unit: '7' }), at('b', { street: '01', unit: '7' })]
  expect(placeOfAlert(lost('a', 'b'), cameras[0], cameras).grid).toEqual({ street: '01' })
})
