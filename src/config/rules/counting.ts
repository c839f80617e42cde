/** Schema of the rule kind `counting`. */
import Type from 'typebox'
import { shortName } from '../schema/fields.ts'
import { clock, closed, ruleFields, timeZone } from './rule-fields.ts'

export const countingSchema = Type.Object(
  {
    kind: Type.Literal('counting', { description: 'Many have gone over the line, or are behind it.' }),
    line: shortName('Name of a line of the camera.'),
    inside: Type.Enum(['left', 'right'], {
      description: 'The side on which those are who came in, seen by someone who walks from `a` to `b`.',
      default: 'left',
    }),
    what: Type.Enum(['in', 'out', 'occupancy'], {
      description:
        'What is counted: those who came `in`, those who went `out`, or the `occupancy`: in less out, never below 0.',
      default: 'occupancy',
    }),
    count: Type.Integer({ description: 'From how many on.', minimum: 1, maximum: 1_000_000 }),
    hysteresis: Type.Integer({
      description: 'An alert about an occupancy ends below `count` minus this. More raises fewer alerts.',
      default: 1,
      minimum: 0,
      maximum: 1_000_000,
    }),
    resetAt: clock('When the numbers begin at 0 again, each day, `"HH:MM"`.', '04:00'),
    timeZone: timeZone(),
    ...ruleFields({ labels: ['person'], severity: 'minor', duty: 'safety', inertiaMs: 0 }, 'line'),
  },
  {
    ...closed,
    description:
      'Over the line went `count` since the reset (one alert a day, which begins and ends in that moment), or so many are behind it. Numbers begin at 0 as well when the gateway starts or the camera is changed.',
  },
)
