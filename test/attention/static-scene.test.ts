/** A drawn street in which people walk and a car parks, seen by the real attention, tracker and rules: only the bag is left. */
import { describe, expect, it } from 'vitest'
import { sceneSize } from '../../scripts/scene/backdrop.ts'
import { drawPicture, emptyStage } from '../../scripts/scene/draw.ts'
import { sceneTruth } from '../../scripts/scene/truth.ts'
import { Attention } from '../../src/attention/attention.ts'
import type { RuleEvent } from '../../src/domain/alert.ts'
import type { Detection } from '../../src/domain/detection.ts'
import { wholePicture } from '../../src/domain/geometry.ts'
import type { Luma } from '../../src/domain/luma.ts'
import type { Rule } from '../../src/domain/rule.ts'
import { RuleEngine } from '../../src/rules/engine.ts'
import { Tracker } from '../../src/track/tracker.ts'
import { draw } from './pictures.ts'

const side = 5
const [width, height] = [sceneSize.width / side, sceneSize.height / side]
const { objects } = sceneTruth('street')
const corners = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
]
const common = { zone: 'all', labels: ['object'], severity: 'minor', duty: 'public-order' } as const
const rule = { ...common, dwellMs: 5_000, minShare: 0.001, inertiaMs: 0, cooldownMs: 0 }
const rules: Rule[] = [
  { ...rule, kind: 'object-left', name: 'left' },
  { ...rule, kind: 'object-removed', name: 'removed' },
]
/** Seconds of empty stage before the play and after it. */
const before = 14
const after = 20

function shrink(rgb: Buffer): Luma {
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let dy = 0; dy < side; dy++) {
        for (let dx = 0; dx < side; dx++)
          sum += rgb[((y * side + dy) * sceneSize.width + x * side + dx) * 3 + 1]
      }
      pixels[y * width + x] = Math.round(sum / side ** 2)
    }
  }
  return { width, height, pixels }
}

/** Two pictures a second; what models would see is what is drawn. `change` alters the picture at a second of the play. */
async function watch(change: (luma: Luma, second: number) => void): Promise<RuleEvent[]> {
  const empty = await emptyStage('street')
  const attention = new Attention(rules)
  const tracker = new Tracker()
  const engine = new RuleEngine({ rules, zones: [{ name: 'all', polygon: corners }], lines: [] })
  const events: RuleEvent[] = []
  for (let second = -before; second < 30 + after; second += 0.5) {
    const luma = shrink(await drawPicture(empty, 'street', second))
    change(luma, second)
    const time = (second + before) * 1_000
    attention.shown(luma, time)
    const seen = objects.flatMap(({ label, boxAt }): Detection[] => {
      const box = second < 0 || second > 30 ? undefined : boxAt(second)
      return box ? [{ label, confidence: 0.9, box }] : []
    })
    const { things, isSure } = attention.objects!
    const looked = [wholePicture, ...(isSure ? [{ ...wholePicture, label: 'object' } as const] : [])]
    const tracks = tracker.update([...seen, ...things], looked, time + 1, sceneSize.width / sceneSize.height)
    attention.follow(tracks, time + 1)
    events.push(...engine.evaluate(tracks, time + 1))
  }
  return events
}

const bag = { x: 140, y: 118, w: 14, h: 10, level: 25 }
const told = (events: readonly RuleEvent[]) =>
  events.map(({ kind, phase, time }) => `${kind} ${phase} ${Math.round(time / 1_000) - before}`)

describe('a street', () => {
  it('in which nothing is left raises nothing, though a car parks and leaves', async () => {
    expect(told(await watch(() => {}))).toEqual([])
  }, 120_000)

  it('in which a bag is left while all that is going on raises one alert', async () => {
    const events = await watch((luma, second) => second >= 15 && draw(luma, bag))
    expect(events.map(({ kind, phase }) => [kind, phase])).toEqual([['object-left', 'began']])
    const [{ objects: seen, time }] = events
    expect(seen[0].box.x1 * width).toBeGreaterThan(bag.x - 6)
    expect(seen[0].box.x2 * width).toBeLessThan(bag.x + bag.w + 6)
    // The car leaves its side after ten seconds; seven to be told, five of patience.
    expect(time / 1_000 - before - 15).toBeLessThan(25)
  }, 120_000)

  it('from which it is taken raises the other', async () => {
    const events = await watch((luma, second) => second < 15 && draw(luma, bag))
    expect(events.map(({ kind, phase }) => [kind, phase])).toEqual([['object-removed', 'began']])
  }, 120_000)
})
