import { describe, expect, it } from 'vitest'
import { frameMs, orderOf } from '../../scripts/bench/overload-ideal.ts'

const objects = { model: 'objects', width: 416, height: 416 }
const faces = { model: 'faces', width: 224, height: 320 }

describe('the floor of bench:overload', () => {
  it('runs models and sizes in their shares, mixed, and a rare one at least once', () => {
    const order = orderOf([
      { ...objects, runs: 2_000 },
      { ...faces, runs: 1_000 },
      { ...faces, width: 1_280, runs: 1 },
    ])
    const count = (width: number) => order.filter((run) => run.width === width).length
    expect([count(416), count(224), count(1_280)]).toEqual([40, 20, 1])
    expect(order.slice(0, 20).some(({ width }) => width === 224)).toBe(true)
  })

  it('takes as long for a frame as the runs that a frame took in the gateway', () => {
    const shares = [
      { ...objects, runs: 100 },
      { ...faces, runs: 20 },
    ]
    // 100 frames: one run of 15 ms each, and a fifth of one of 5 ms.
    const wallMs = [14, 5, 16]
    expect(frameMs(shares, 100, { runs: [objects, faces, objects] }, { wallMs })).toBeCloseTo(16)
  })
})
