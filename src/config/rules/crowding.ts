/** Schema of the rule kind `crowding`. */
import Type from 'typebox'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

export const crowdingSchema = Type.Object(
  {
    kind: Type.Literal('crowding', { description: 'Many are inside the zone.' }),
    zone: zoneName,
    count: Type.Optional(
      Type.Integer({
        description: 'From how many on. This, `density`, or both, and then both must hold.',
        minimum: 2,
        maximum: 10_000,
      }),
    ),
    density: Type.Optional(
      Type.Number({
        description:
          'From how many to the square metre of the zone on (and from two on), where the camera has a `calibration`. More asks for a closer crowd: at 2 people stand close, at 4 nobody moves freely.',
        minimum: 0.01,
        maximum: 20,
      }),
    ),
    hysteresis: Type.Integer({
      description:
        'The alert ends once this many fewer are left than it takes. More keeps a number that hovers from raising alert after alert.',
      default: 1,
      minimum: 0,
      maximum: 10_000,
    }),
    ...ruleFields({ labels: ['person'], severity: 'major', duty: 'public-order', inertiaMs: 5_000 }, 'zone'),
  },
  {
    ...closed,
    description: 'At least `count` objects are inside the zone, or `density` to the square metre.',
  },
)
