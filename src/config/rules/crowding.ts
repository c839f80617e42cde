/** Schema of the rule kind `crowding`. */
import Type from 'typebox'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

export const crowdingSchema = Type.Object(
  {
    kind: Type.Literal('crowding', { description: 'Many are inside the zone.' }),
    zone: zoneName,
    count: Type.Integer({ description: 'From how many on.', minimum: 2, maximum: 10_000 }),
    hysteresis: Type.Integer({
      description:
        'The alert ends below `count` minus this. More keeps a number that hovers from raising alert after alert.',
      default: 1,
      minimum: 0,
      maximum: 10_000,
    }),
    ...ruleFields({ labels: ['person'], severity: 'major', duty: 'public-order', inertiaMs: 5_000 }, 'zone'),
  },
  { ...closed, description: 'At least `count` objects are inside the zone.' },
)
