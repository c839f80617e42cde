/** Fields that every kind of rule has, with the defaults of the kind. */
import Type from 'typebox'
import type { Label } from '../../domain/detection.ts'
import { type Duty, duties, type Severity, severities } from '../../domain/rule.ts'
import { weekdays } from '../../domain/schedule.ts'
import { milliseconds, shortName } from '../schema/fields.ts'

export const closed = { additionalProperties: false } as const

export const timeZone = () =>
  Type.String({
    description: 'IANA name of the time zone.',
    default: 'Asia/Shanghai',
    minLength: 1,
    maxLength: 64,
    mustBe: 'a time zone such as Asia/Shanghai',
  })

/** A time of the day. */
export const clock = (description: string, value: string) =>
  Type.String({
    description,
    default: value,
    pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
    mustBe: 'a time such as "04:00", in quotes',
  })

const scheduleFields = (hours: { readonly default?: readonly string[] }) => ({
  timeZone: timeZone(),
  days: Type.Array(Type.Enum([...weekdays]), {
    description: 'Days on which a span may begin.',
    default: [...weekdays],
    minItems: 1,
    maxItems: 7,
    mustBe: `a list of ${weekdays.join(', ')}`,
  }),
  hours: Type.Array(
    Type.String({
      pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
      mustBe: 'a span such as "22:00-06:00", in quotes',
    }),
    {
      description: 'Spans `"HH:MM-HH:MM"`; one that ends before it begins runs into the next day.',
      ...hours,
      minItems: 1,
      maxItems: 24,
      mustBe: 'a list of 1 to 24 spans such as "22:00-06:00"',
    },
  ),
})

export const scheduleSchema = Type.Object(scheduleFields({ default: ['00:00-24:00'] }), {
  ...closed,
  description: 'When the rule is armed; absent = always.',
})

/** A schedule without which the rule would mean nothing: its hours have no default. */
export const hoursSchema = Type.Object(scheduleFields({}), {
  ...closed,
  description: 'When the rule is armed, as for every rule, but `hours` must be said.',
})

/** What is followed from frame to frame: a rule about anything else could never hold. Faces are only hidden and counted. */
const followed = ['person', 'two-wheeler', 'vehicle', 'object'] as const satisfies readonly Label[]

/** What a kind of rule looks for and how loud it is, unless the rule itself says so. */
export interface RuleDefaults {
  readonly labels: readonly Label[]
  readonly severity: Severity
  readonly duty: Duty
  readonly inertiaMs: number
}

/** The common fields with the defaults of one kind. `place` is what the default name ends in. */
export function ruleFields(defaults: RuleDefaults, place: 'zone' | 'line') {
  return {
    name: Type.Optional(
      shortName(`Name of the rule, once per camera; absent = the kind and the ${place}, \`kind-${place}\`.`),
    ),
    labels: Type.Array(Type.Enum([...followed]), {
      description:
        'What the rule looks at. `object`: what lies still where nothing lay before, and no model knows.',
      default: [...defaults.labels],
      minItems: 1,
      maxItems: followed.length,
      mustBe: `a list of ${followed.join(', ')}`,
    }),
    severity: Type.Enum([...severities], {
      description: 'How urgent its alerts are.',
      default: defaults.severity,
    }),
    duty: Type.Enum([...duties], { description: 'Who answers for its alerts.', default: defaults.duty }),
    schedule: Type.Optional(scheduleSchema),
    inertiaMs: milliseconds(
      'Milliseconds for which the condition must hold before an alert begins, and be gone before it ends. More raises fewer false alerts, later.',
      defaults.inertiaMs,
      0,
      600_000,
    ),
    cooldownMs: milliseconds(
      'Milliseconds for which the same rule and object stay silent after an alert ended; what appears where that object was lost counts as the same. More means fewer repetitions, and that somebody else who appears right there may be covered by them.',
      30_000,
      0,
      86_400_000,
    ),
  }
}

/** The zone a rule watches. */
export const zoneName = shortName('Name of a zone of the camera.')
