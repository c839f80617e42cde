/** The page about bench:latency: how long an alert takes. */
import type { LatencyFigures } from '../bench/latency-figures.ts'
import type { Chapter } from './chapter.ts'
import { type Check, checks } from './checks.ts'
import { num, table } from './markdown.ts'
import { measured, type Outcome } from './outcomes.ts'

export function latencyChecks({ targets, held, ...figures }: LatencyFigures): Check[] {
  const most = `${held.cameras} active cameras, ${held.atLeast ? 'and it holds more' : 'the most it holds'}`
  const p95 = (cameras: string, value: number | undefined, atMost: number | undefined) => {
    return { what: `alerts: p95 of their delay, ${cameras}`, value, atMost, unit: ' ms' }
  }
  return checks([
    p95('one active camera', figures.oneCameraP95Ms, targets.oneCameraP95Ms),
    p95(most, figures.heldP95Ms, targets.heldP95Ms),
  ])
}

export function latencyChapter(outcomes: readonly Outcome[]): Chapter {
  return {
    title: 'How long an alert takes',
    compared: `From the time of the frame that decided an alert to the broker's acknowledgement, at more and more cameras in which somebody
walks all the time; the machine holds so many as it can look at nearly five times a second. The floor is what cannot be left
out, each part alone on an idle machine: one look for objects, the looks for faces that redaction needs, one JPEG, one commit,
one round trip to the broker.`,
    figures: measured<LatencyFigures>(outcomes, 'latency').flatMap(([, { steps, floorMs, ratioToFloor }]) => [
      table([
        ['active cameras', 'p50', 'p95', 'p99', 'worst', 'alerts', 'pictures/s, mean / worst camera', 'held'],
        ...steps.map(({ cameras, latencyMs: { p50, p95, p99, max, samples }, fps, holds }) => [
          num(cameras),
          ...[p50, p95, p99, max].map((ms) => num(ms, ' ms')),
          num(samples),
          `${num(fps.mean)} / ${num(fps.worst)}`,
          holds ? 'yes' : 'no',
        ]),
      ]),
      `The median of the first row is ${num(ratioToFloor)} times the floor, which is ${num(floorMs.all, ' ms')}: objects ${num(floorMs.objects)}, faces ${num(floorMs.faces)}, JPEG ${num(floorMs.jpeg)}, commit ${num(floorMs.commit)}, round trip ${num(floorMs.roundTrip)}.`,
    ]),
  }
}
