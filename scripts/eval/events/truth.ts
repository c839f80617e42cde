/** What really happened: events derived from annotated people, by the foot of each identity against zones and lines, without the code under test. */
import { type Box, clip } from '../../../src/domain/geometry.ts'
import {
  type CrowdingRule,
  crowdOf,
  type LineCrossingRule,
  type LoiteringRule,
  type Rule,
} from '../../../src/domain/rule.ts'
import type { Line, Zone } from '../../../src/domain/zone.ts'
import type { Sequence } from '../sequences.ts'

export interface TruthEvent {
  readonly rule: string
  /** Whose; absent where it is about a number of people. */
  readonly who?: number
  /** When what the rule is about came true, and was true for the last time, ms. */
  readonly fromMs: number
  /** Near edges it may have come true sooner already; absent where it cannot. */
  readonly earliestMs?: number
  readonly untilMs: number
  readonly direction?: 'left' | 'right'
  /** False: so near the edge, or the time, that an alert is neither right nor wrong and silence is none either. */
  readonly sure: boolean
}

/** A foot nearer to an edge than this is on neither side of it for sure: widths of the picture, and heights of the person. */
export const edge = { ofWidth: 0.01, ofHeight: 0.05 }
/** A stay that is longer or shorter than it must be by less than this is not sure, ms. */
export const slackMs = 500
/** Somebody who is not annotated for so long was hidden and not away, ms. */
export const hiddenMs = 2_000

interface Sample {
  readonly timeMs: number
  /** Widths of the picture. */
  readonly foot: Point
  /** How well its place is known, widths of the picture. */
  readonly edge: number
  readonly isHidden: boolean
}

interface Span {
  readonly from: number
  readonly to: number
}

/** Each identity's feet over time, those of people who are hidden there too. */
export function walks({ width, height, frames }: Sequence): Map<number, Sample[]> {
  const ratio = height / width
  const byId = new Map<number, Sample[]>()
  for (const { timeMs, truths, hidden } of frames) {
    for (const one of [...truths, ...hidden]) {
      const samples = byId.get(one.id) ?? []
      samples.push({ timeMs, ...standing(one.box, ratio), isHidden: hidden.includes(one) })
      byId.set(one.id, samples)
    }
  }
  return byId
}

/** Boxes are cut to the picture first: no camera sees further. */
function standing(box: Box, ratio: number): Pick<Sample, 'foot' | 'edge'> {
  const { x1, y1, x2, y2 } = clip(box)
  return {
    foot: { x: (x1 + x2) / 2, y: y2 * ratio },
    edge: Math.max(edge.ofWidth, edge.ofHeight * (y2 - y1) * ratio),
  }
}

/** All events of a rule, in the order of their beginnings. Throws where the rule is of a kind that is not derived here. */
export function truthOf(
  sequence: Sequence,
  rule: Rule,
  places: { readonly zones: readonly Zone[]; readonly lines: readonly Line[] },
): TruthEvent[] {
  const ratio = sequence.height / sequence.width
  const scaled = (point: { x: number; y: number }) => ({ x: point.x, y: point.y * ratio })
  const polygon = () =>
    places.zones.find(({ name }) => 'zone' in rule && name === rule.zone)!.polygon.map(scaled)
  const found = (): TruthEvent[] => {
    switch (rule.kind) {
      case 'intrusion':
        return visits(sequence, rule, polygon(), 0)
      case 'loitering':
        return visits(sequence, rule, polygon(), (rule as LoiteringRule).dwellMs)
      case 'line-crossing':
        return crossings(sequence, rule, places.lines.find(({ name }) => name === rule.line)!, scaled)
      case 'crowding':
        return crowds(sequence, rule, polygon())
      default:
        throw new RangeError(`no truth is derived for ${rule.kind}`)
    }
  }
  return found().sort((a, b) => a.fromMs - b.fromMs)
}

/** Stays of each identity for at least `dwellMs`, and then for as long as the rule wants it to hold. */
function visits(sequence: Sequence, rule: Rule, polygon: readonly Point[], dwellMs: number): TruthEvent[] {
  const needsMs = dwellMs + rule.inertiaMs
  return [...walks(sequence)].flatMap(([who, samples]) => {
    const depths = samples.map((sample) => ({ ...sample, depth: depthIn(polygon, sample.foot) }))
    const inner = unbroken(
      depths.filter(({ isHidden }) => !isHidden),
      (one) => one.depth >= one.edge,
    )
    const nominal = unbroken(depths, ({ depth }) => depth >= 0)
    const perhaps = depths.filter((one) => one.depth >= -one.edge).map(({ timeMs }) => timeMs)
    let quietUntil = Number.NEGATIVE_INFINITY
    return spans(perhaps, hiddenMs)
      .filter((stay) => lengthOf(stay) >= needsMs - slackMs)
      .map((stay): TruthEvent => {
        const surely = inner.find((one) => within(one, stay) && lengthOf(one) >= needsMs + slackMs)
        const entered = nominal.find((one) => within(one, stay) && (!surely || within(surely, one))) ?? stay
        // Who comes back soon is known: one more alert is neither asked for nor wrong.
        const sure = surely !== undefined && stay.from > quietUntil
        if (surely) quietUntil = stay.to + rule.inertiaMs + rule.cooldownMs
        return {
          rule: rule.name,
          who,
          fromMs: entered.from + dwellMs,
          earliestMs: stay.from + dwellMs,
          untilMs: stay.to,
          sure,
        }
      })
  })
}

function crossings(
  sequence: Sequence,
  rule: LineCrossingRule,
  line: Line,
  scaled: (point: Point) => Point,
): TruthEvent[] {
  const [a, b] = [scaled(line.a), scaled(line.b)]
  const length = Math.hypot(b.x - a.x, b.y - a.y)
  // Positive on the right of someone who walks from a to b: y points down.
  const away = ({ x, y }: Point) => ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)) / length
  return [...walks(sequence)].flatMap(([who, samples]) => {
    const found: TruthEvent[] = []
    let clear: { readonly side: number; readonly timeMs: number } | undefined
    let last: { readonly side: number } | undefined
    let quietUntil = Number.NEGATIVE_INFINITY
    let changedMs = 0
    let seenMs = Number.NEGATIVE_INFINITY
    for (const { timeMs, foot, edge: near, isHidden } of samples) {
      const distance = away(foot)
      const side = Math.sign(distance)
      if (last && side !== last.side) {
        changedMs = timeMs
        found.push({ ...told(rule, who, timeMs, side), sure: false })
      }
      last = { side }
      if (isHidden) continue
      // What happened while nobody could see it is not asked for.
      if (timeMs - seenMs > hiddenMs) clear = undefined
      seenMs = timeMs
      if (Math.abs(distance) < near) continue
      if (clear && clear.side !== side) {
        // The newest change of sides is the crossing, and those before it trembled.
        const at = found.findLastIndex(({ fromMs }) => fromMs === changedMs)
        const sure = changedMs > quietUntil && timeMs - clear.timeMs <= mostInTwoMindsMs
        found[at] = { ...told(rule, who, changedMs, side), untilMs: timeMs, sure }
        if (sure) quietUntil = timeMs + rule.cooldownMs
      }
      clear = { side, timeMs }
    }
    return found
  })
}

/** Who took longer than this from one side to the other stood on the line, or was not seen in between, ms. */
const mostInTwoMindsMs = 5_000

function told(rule: Rule, who: number, timeMs: number, side: number): Omit<TruthEvent, 'sure'> {
  const direction = side < 0 ? 'left' : 'right'
  return { rule: rule.name, who, fromMs: timeMs, untilMs: timeMs, direction }
}

function crowds(sequence: Sequence, rule: CrowdingRule, polygon: readonly Point[]): TruthEvent[] {
  const ratio = sequence.height / sequence.width
  // The sequences are not calibrated.
  const least = crowdOf(rule, undefined)
  const numbers = sequence.frames.map(({ timeMs, truths, ignored }) => {
    const number = (boxes: readonly Box[], edges: -1 | 0 | 1) =>
      boxes.filter((box) => {
        const { foot, edge: near } = standing(box, ratio)
        return depthIn(polygon, foot) >= edges * near
      }).length
    const people = truths.map(({ box }) => box)
    const most = number(people, -1) + number(ignored, -1)
    return { timeMs, surely: number(people, 1), nominal: number(people, 0), most }
  })
  const where = (holds: (one: (typeof numbers)[number]) => boolean) =>
    spans(
      numbers.filter(holds).map(({ timeMs }) => timeMs),
      sequence.frames[1].timeMs + 1,
    )
  const reached = where(({ most }) => most >= least)
  const surely = where(({ surely: number }) => number >= least)
  const nominal = where(({ nominal: number }) => number >= least)
  // As long as it may go on it is one crowd, with lapses shorter than those that end it.
  const goesOn = numbers.filter(({ most }) => most >= least - rule.hysteresis)
  let quietUntil = Number.NEGATIVE_INFINITY
  return spans(
    goesOn.map(({ timeMs }) => timeMs),
    rule.inertiaMs,
  )
    .filter((crowd) => reached.some((one) => within(one, crowd) && lengthOf(one) >= rule.inertiaMs - slackMs))
    .map((crowd): TruthEvent => {
      const sureSpan = surely.find((one) => within(one, crowd) && lengthOf(one) >= rule.inertiaMs + slackMs)
      const began = nominal.find((one) => within(one, crowd) && (!sureSpan || within(sureSpan, one))) ?? crowd
      const sure = sureSpan !== undefined && crowd.from > quietUntil
      if (sure) quietUntil = crowd.to + rule.inertiaMs + rule.cooldownMs
      const fromMs = sureSpan ? began.from : crowd.from
      return {
        rule: rule.name,
        fromMs,
        earliestMs: Math.min(fromMs, ...reached.filter((one) => within(one, crowd)).map(({ from }) => from)),
        untilMs: crowd.to,
        sure,
      }
    })
}

/** Spans in which it holds for every sample. */
function unbroken<T extends { readonly timeMs: number }>(
  samples: readonly T[],
  holds: (sample: T) => boolean,
): Span[] {
  const found: { from: number; to: number }[] = []
  let before: { from: number; to: number } | undefined
  for (const sample of samples) {
    const { timeMs } = sample
    if (!holds(sample)) before = undefined
    else if (before && timeMs - before.to <= hiddenMs) before.to = timeMs
    else {
      before = { from: timeMs, to: timeMs }
      found.push(before)
    }
  }
  return found
}

/** Times that are no further apart than `gapMs`, as spans. */
function spans(times: readonly number[], gapMs: number): Span[] {
  const found: { from: number; to: number }[] = []
  for (const time of times) {
    const last = found.at(-1)
    if (last && time - last.to <= gapMs) last.to = time
    else found.push({ from: time, to: time })
  }
  return found
}

const lengthOf = ({ from, to }: Span) => to - from
const within = (inner: Span, outer: Span) => inner.from >= outer.from && inner.to <= outer.to

interface Point {
  readonly x: number
  readonly y: number
}

/** Distance to the edge of the polygon, widths of the picture: positive inside, negative outside. */
export function depthIn(polygon: readonly Point[], point: Point): number {
  let nearest = Number.POSITIVE_INFINITY
  let turns = 0
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i]
    const b = polygon[(i + 1) % polygon.length]
    nearest = Math.min(nearest, distanceTo(a, b, point))
    turns += turnOf(a, b, point)
  }
  return Math.abs(turns) > Math.PI ? nearest : -nearest
}

/** Angle under which the edge is seen from the point; all of them sum up to a whole turn from inside and to none from outside. */
function turnOf(a: Point, b: Point, { x, y }: Point): number {
  const [ax, ay, bx, by] = [a.x - x, a.y - y, b.x - x, b.y - y]
  return Math.atan2(ax * by - ay * bx, ax * bx + ay * by)
}

function distanceTo(a: Point, b: Point, { x, y }: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const along = Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy)))
  return Math.hypot(a.x + along * dx - x, a.y + along * dy - y)
}
