/** Schema of the rule kind `loitering`. */
import Type from 'typebox'
import { milliseconds } from '../schema/fields.ts'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

export const loiteringSchema = Type.Object(
  {
    kind: Type.Literal('loitering', { description: 'Something stays inside the zone.' }),
    zone: zoneName,
    dwellMs: milliseconds(
      'Milliseconds after which staying is worth an alert. More lets people wait and talk.',
      60_000,
      1_000,
      86_400_000,
    ),
    ...ruleFields({ labels: ['person'], severity: 'minor', duty: 'public-order', inertiaMs: 500 }, 'zone'),
  },
  { ...closed, description: 'Something stays inside the zone for longer than `dwellMs`.' },
)
