/** Schema of the rule kind `after-hours-presence`. */
import Type from 'typebox'
import { closed, hoursSchema, ruleFields, zoneName } from './rule-fields.ts'

export const afterHoursPresenceSchema = Type.Object(
  {
    kind: Type.Literal('after-hours-presence', { description: 'Somebody is there out of hours.' }),
    zone: zoneName,
    ...ruleFields({ labels: ['person'], severity: 'minor', duty: 'public-order', inertiaMs: 2_000 }, 'zone'),
    schedule: hoursSchema,
  },
  {
    ...closed,
    description: 'Somebody is inside the zone in the hours of `schedule`, which the rule must have.',
  },
)
