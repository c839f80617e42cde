import { describe, expect, it } from 'vitest'
import { boxOf, firstGuess } from '../../scripts/bench/overload-box.ts'

describe('what a box can do', () => {
  it('is the most cameras that get what one alone gets', () => {
    const tried = [
      { cameras: 1, frames: 4, holds: true },
      { cameras: 13, frames: 40, holds: false },
      { cameras: 7, frames: 27, holds: true },
      { cameras: 10, frames: 38, holds: true },
    ]
    expect(boxOf(tried)).toEqual({ wantedPerCamera: 4, cameras: 10, framesPerSecond: 38 })
    expect(boxOf(tried.slice(0, 2))).toEqual({ wantedPerCamera: 4, cameras: 1, framesPerSecond: 4 })
  })

  it('is first looked for where processor time ends', () => {
    // 2 cores over 0.15 of one are 13.3 cameras.
    expect(firstGuess(2, 0.15)).toBe(13)
    expect(firstGuess(1, 3)).toBe(2)
    expect(firstGuess(128, 0.1)).toBe(256)
  })
})
