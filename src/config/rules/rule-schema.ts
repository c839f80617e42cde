/** All kinds of rules: one schema each, and how a checked rule becomes one of the domain. */
import Type, { type TSchema } from 'typebox'
import type { Rule, RuleKind } from '../../domain/rule.ts'
import type { Schedule } from '../../domain/schedule.ts'
import { crowdingSchema } from './crowding.ts'
import { intrusionSchema } from './intrusion.ts'
import { lineCrossingSchema } from './line-crossing.ts'
import { loiteringSchema } from './loitering.ts'
import type { scheduleSchema } from './rule-fields.ts'
import { stationaryVehicleSchema } from './stationary-vehicle.ts'

/** The compiler asks for a schema of every kind that the domain knows. */
export const ruleSchemas = {
  intrusion: intrusionSchema,
  'line-crossing': lineCrossingSchema,
  loitering: loiteringSchema,
  crowding: crowdingSchema,
  'stationary-vehicle': stationaryVehicleSchema,
} as const satisfies Record<RuleKind, TSchema>

export const ruleSchema = Type.Union([
  intrusionSchema,
  lineCrossingSchema,
  loiteringSchema,
  crowdingSchema,
  stationaryVehicleSchema,
])

export type RawRule = Type.Static<typeof ruleSchema>

/** A checked rule in the words of the domain; here the compiler sees whether schemas and types fit. */
export function toRule({ schedule, ...rest }: RawRule): Rule {
  const place = rest.kind === 'line-crossing' ? rest.line : rest.zone
  return {
    ...rest,
    name: rest.name ?? `${rest.kind}-${place}`,
    ...(schedule ? { schedule: toSchedule(schedule) } : {}),
  }
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
