/** Tells a camera's coverage what became of each frame that reached the models. */
import type { Coverage } from './coverage.ts'
import type { Stages } from './pipeline.ts'

type Detect = Stages['vision']['detect']

/** The same `detect`, counted. `now` is the box's clock, epoch ms. */
export function countLooks(
  detect: Detect,
  coverage: Pick<Coverage, 'analysed' | 'watched' | 'missed'>,
  now: () => number = Date.now,
): Detect {
  return async (frame) => {
    const sighting = await detect(frame)
    if (!sighting) coverage.missed('failed')
    else if (frame.look?.length !== 0) coverage.analysed(now(), frame.burst)
    else if (!frame.burst) coverage.watched(now())
    return sighting
  }
}
