/** Schema of the rule kind `two-wheeler-indoors`. */
import Type from 'typebox'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

export const twoWheelerIndoorsSchema = Type.Object(
  {
    kind: Type.Literal('two-wheeler-indoors', { description: 'A two-wheeler is where people live.' }),
    zone: zoneName,
    ...ruleFields({ labels: ['two-wheeler'], severity: 'major', duty: 'fire', inertiaMs: 2_000 }, 'zone'),
  },
  { ...closed, description: 'An e-bike is in a stairwell, a lobby or a lift; a bicycle looks the same.' },
)
