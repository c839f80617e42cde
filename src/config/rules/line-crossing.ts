/** Schema of the rule kind `line-crossing`. */
import Type from 'typebox'
import { shortName } from '../schema/fields.ts'
import { closed, ruleFields } from './rule-fields.ts'

export const lineCrossingSchema = Type.Object(
  {
    kind: Type.Literal('line-crossing', { description: 'Something crosses the line.' }),
    line: shortName('Name of a line of the camera.'),
    direction: Type.Enum(['left', 'right', 'any'], {
      description:
        'To which side it must go, seen by someone who walks from `a` to `b`. For the wrong way: the side to which nobody may go.',
      default: 'any',
    }),
    // A crossing is a moment: it cannot "hold" for a while.
    ...ruleFields(
      { labels: ['person', 'two-wheeler', 'vehicle'], severity: 'minor', duty: 'public-order', inertiaMs: 0 },
      'line',
    ),
  },
  { ...closed, description: 'Something crosses the line in the given direction.' },
)
