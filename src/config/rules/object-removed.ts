/** Schema of the rule kind `object-removed`. */
import Type from 'typebox'
import { objectFields } from './object-left.ts'
import { closed, ruleFields } from './rule-fields.ts'

export const objectRemovedSchema = Type.Object(
  {
    kind: Type.Literal('object-removed', { description: 'Something was taken from the zone.' }),
    ...objectFields(),
    ...ruleFields({ labels: ['object'], severity: 'major', duty: 'public-order', inertiaMs: 500 }, 'zone'),
    labels: Type.Array(Type.Enum(['object']), {
      description: 'Only what no model knows: whatever is followed may leave.',
      default: ['object'],
      minItems: 1,
      maxItems: 1,
      mustBe: 'a list of object',
    }),
  },
  {
    ...closed,
    description:
      'Something that always stood inside the zone is gone for longer than `dwellMs`. Draw the zone with room around it.',
  },
)
