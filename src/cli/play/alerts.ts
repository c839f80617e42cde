/** What the cameras of a simulated gateway see in a day: the phases of its alerts, oldest first. */
import type { Alert, AlertObject } from '../../domain/alert.ts'
import type { Camera } from '../../domain/camera.ts'
import type { Rule } from '../../domain/rule.ts'
import type { Dice } from './dice.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs

/** A camera and one phase of an alert of it. */
export interface Phase {
  readonly camera: Camera
  readonly alert: Alert
}

/** Alerts that begin in each hour of a gateway with six cameras: few at night, most when people come home. */
const hourly = [2, 1, 1, 1, 1, 2, 3, 4, 4, 3, 3, 4, 4, 3, 3, 3, 4, 5, 5, 4, 4, 3, 3, 2]

/** How long an alert of each kind lasts, and how often it is told anew meanwhile. */
const courses: Readonly<Record<Rule['kind'], { minutes: [number, number]; updates: [number, number] }>> = {
  intrusion: { minutes: [0.2, 4], updates: [0, 0] },
  'line-crossing': { minutes: [0, 0.1], updates: [0, 0] },
  loitering: { minutes: [2, 10], updates: [0, 1] },
  counting: { minutes: [5, 30], updates: [0, 2] },
  crowding: { minutes: [5, 15], updates: [1, 3] },
  'stationary-vehicle': { minutes: [3, 15], updates: [0, 1] },
  'fire-lane-blocked': { minutes: [3, 15], updates: [0, 1] },
  'object-left': { minutes: [2, 60], updates: [0, 0] },
  'object-removed': { minutes: [5, 60], updates: [0, 0] },
  'two-wheeler-indoors': { minutes: [0.2, 4], updates: [0, 0] },
  'vehicle-in-protected-area': { minutes: [2, 20], updates: [0, 0] },
  'after-hours-presence': { minutes: [0.2, 4], updates: [0, 0] },
}

/** `from`: the midnight at which the day begins, epoch ms. All that began has ended before the day does. */
export function alertsOf(cameras: readonly Camera[], from: number, dice: Dice): Phase[] {
  // The cameras take turns, so that in any few hours each severity occurs.
  const turns = dice.shuffled(cameras)
  const phases: Phase[] = []
  let number = 0
  for (const [hour, count] of hourly.entries()) {
    for (let i = 0; i < count; i++) {
      const camera = turns[number % turns.length]
      const began = from + (hour + (i + dice.between(0.1, 0.45)) / count) * hourMs
      phases.push(...courseOf(camera, Math.round(began), ++number, dice))
    }
  }
  return phases.sort((one, other) => one.alert.time - other.alert.time)
}

function courseOf(camera: Camera, began: number, number: number, dice: Dice): Phase[] {
  const [rule] = camera.rules
  const { minutes, updates } = courses[rule.kind]
  const lasts = Math.round(dice.between(...minutes) * minuteMs)
  const told = dice.whole(...updates)
  const base = {
    ...{ id: dice.id(began), camera: camera.id, rule: rule.name, kind: rule.kind, began },
    ...{ severity: rule.severity, duty: rule.duty },
    zone: 'zone' in rule ? rule.zone : undefined,
    line: 'line' in rule ? rule.line : undefined,
    direction: 'line' in rule ? ('left' as const) : undefined,
  }
  const phase = (name: Alert['phase'], share: number): Phase => {
    const time = began + Math.round(lasts * share)
    const ended = name === 'ended' ? { ended: time, endedBecause: 'cleared' as const } : {}
    const count = 'count' in rule ? (rule.count ?? 2) + dice.whole(0, 20) : undefined
    return {
      camera,
      alert: { ...base, ...ended, phase: name, time, count, objects: [seen(rule, number, dice)] },
    }
  }
  const between = Array.from({ length: told }, (_, i) => phase('updated', (i + 1) / (told + 1)))
  return [phase('began', 0), ...between, phase('ended', 1)]
}

function seen(rule: Rule, track: number, dice: Dice): AlertObject {
  const [x1, y1] = [dice.between(0, 0.8), dice.between(0.2, 0.6)]
  const box = { x1, y1, x2: x1 + dice.between(0.05, 0.2), y2: y1 + dice.between(0.1, 0.4) }
  return { track, label: rule.labels[0], confidence: dice.between(0.5, 0.95), box }
}
