/** Schema of the rule kind `vehicle-in-protected-area`. */
import Type from 'typebox'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

export const vehicleInProtectedAreaSchema = Type.Object(
  {
    kind: Type.Literal('vehicle-in-protected-area', {
      description: 'A vehicle is where none may dig or dump.',
    }),
    zone: zoneName,
    ...ruleFields({ labels: ['vehicle'], severity: 'major', duty: 'city', inertiaMs: 2_000 }, 'zone'),
  },
  {
    ...closed,
    description:
      'A vehicle is inside the zone, with a `schedule` by night only. Tippers and diggers are not told from other vehicles.',
  },
)
