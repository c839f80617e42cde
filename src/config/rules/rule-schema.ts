/** All kinds of rules: one schema each, and how a checked rule becomes one of the domain. */
import Type, { type TSchema } from 'typebox'
import type { Rule, RuleKind } from '../../domain/rule.ts'
import type { Schedule } from '../../domain/schedule.ts'
import { afterHoursPresenceSchema } from './after-hours-presence.ts'
import { countingSchema } from './counting.ts'
import { crowdingSchema } from './crowding.ts'
import { fireLaneBlockedSchema } from './fire-lane-blocked.ts'
import { intrusionSchema } from './intrusion.ts'
import { lineCrossingSchema } from './line-crossing.ts'
import { loiteringSchema } from './loitering.ts'
import { objectLeftSchema } from './object-left.ts'
import { objectRemovedSchema } from './object-removed.ts'
import type { scheduleSchema } from './rule-fields.ts'
import { stationaryVehicleSchema } from './stationary-vehicle.ts'
import { twoWheelerIndoorsSchema } from './two-wheeler-indoors.ts'
import { vehicleInProtectedAreaSchema } from './vehicle-in-protected-area.ts'

/** The compiler asks for a schema of every kind that the domain knows. */
export const ruleSchemas = {
  intrusion: intrusionSchema,
  'line-crossing': lineCrossingSchema,
  counting: countingSchema,
  loitering: loiteringSchema,
  crowding: crowdingSchema,
  'stationary-vehicle': stationaryVehicleSchema,
  'fire-lane-blocked': fireLaneBlockedSchema,
  'object-left': objectLeftSchema,
  'object-removed': objectRemovedSchema,
  'two-wheeler-indoors': twoWheelerIndoorsSchema,
  'vehicle-in-protected-area': vehicleInProtectedAreaSchema,
  'after-hours-presence': afterHoursPresenceSchema,
} as const satisfies Record<RuleKind, TSchema>

export const ruleSchema = Type.Union([
  intrusionSchema,
  lineCrossingSchema,
  countingSchema,
  loiteringSchema,
  crowdingSchema,
  stationaryVehicleSchema,
  fireLaneBlockedSchema,
  objectLeftSchema,
  objectRemovedSchema,
  twoWheelerIndoorsSchema,
  vehicleInProtectedAreaSchema,
  afterHoursPresenceSchema,
])

export type RawRule = Type.Static<typeof ruleSchema>

/** A checked rule in the words of the domain; here the compiler sees whether schemas and types fit. */
export function toRule({ schedule, ...rest }: RawRule): Rule {
  const common = {
    name: nameOf(rest),
    ...(schedule ? { schedule: toSchedule(schedule) } : {}),
  }
  if (rest.kind === 'counting') return { ...rest, ...common, resetAt: minuteOfDay(rest.resetAt) }
  return { ...rest, ...common }
}

/** The name a rule has, or gets. */
export function nameOf(rule: Pick<RawRule, 'name' | 'kind'> & ({ line: string } | { zone: string })): string {
  return rule.name ?? `${rule.kind}-${'line' in rule ? rule.line : rule.zone}`
}

/** Days and hours as they are written, in minutes. */
export function toSchedule({ timeZone, days, hours }: Type.Static<typeof scheduleSchema>): Schedule {
  return {
    timeZone,
    days,
    hours: hours.map((span) => {
      const [from, to] = span.split('-').map(minuteOfDay)
      return { from, to }
    }),
  }
}

/** `06:30` → 390. */
function minuteOfDay(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
