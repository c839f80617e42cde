/** What of a frame counts as a look. */
import { expect, it } from 'vitest'
import { Coverage } from '../src/coverage.ts'
import type { Frame } from '../src/domain/frame.ts'
import { countLooks } from '../src/looks.ts'

const noon = Date.UTC(2026, 5, 1, 12)
const whole = { x1: 0, y1: 0, x2: 1, y2: 1 }
const sighting = { handle: 1, detections: [], looked: [] }

function frameOf(change: Partial<Frame> = {}): Frame {
  const pixels = new Uint8Array(6)
  const times = { frameTime: noon, arrivedAt: noon }
  return { camera: 'yard', generation: 1, index: 0, width: 2, height: 2, pixels, ...times, ...change }
}

/** A minute with one frame each second, every one like `change`. */
async function minuteOf(change: Partial<Frame>, analysable = true) {
  const coverage = new Coverage('yard', noon)
  coverage.state('live', noon)
  coverage.watched(noon)
  let time = noon
  const answer = analysable ? sighting : undefined
  const detect = countLooks(
    async () => answer,
    coverage,
    () => time,
  )
  for (; time <= noon + 80_000; time += 1_000) expect(await detect(frameOf(change))).toBe(answer)
  const [minute] = coverage.ended(time)
  return { ...minute, quietPictures: coverage.quietPictures - 1 }
}

it('counts a frame that went through the models as analysed, whole or by regions', async () => {
  expect(await minuteOf({})).toMatchObject({ coverage: 1, fps: 1, quietPictures: 0 })
  expect(await minuteOf({ look: [whole] })).toMatchObject({ coverage: 1, fps: 1, quietPictures: 0 })
})

it('counts a frame in which nothing deserved a look as quiet: watched and not analysed', async () => {
  expect(await minuteOf({ look: [] })).toMatchObject({ coverage: 1, fps: 0, quietPictures: 81 })
})

it('counts frames of a burst, which do not make the camera watched now', async () => {
  expect(await minuteOf({ burst: true, look: [whole] })).toMatchObject({ fps: 1, gaps: { silent: 45_000 } })
  const still = await minuteOf({ burst: true, look: [] })
  expect(still).toMatchObject({ fps: 0, gaps: { silent: 45_000 }, quietPictures: 0 })
})

it('counts frames that could not be analysed as a gap', async () => {
  expect(await minuteOf({}, false)).toMatchObject({ fps: 0, gaps: { failed: 58_000 } })
})
