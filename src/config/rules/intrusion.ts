/** Schema of the rule kind `intrusion`. */
import Type from 'typebox'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

export const intrusionSchema = Type.Object(
  {
    kind: Type.Literal('intrusion', { description: 'Something is inside the zone.' }),
    zone: zoneName,
    ...ruleFields({ labels: ['person'], severity: 'major', duty: 'public-order', inertiaMs: 500 }, 'zone'),
  },
  { ...closed, description: 'Something with one of the labels is inside the zone.' },
)
