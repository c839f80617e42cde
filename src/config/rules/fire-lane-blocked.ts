/** Schema of the rule kind `fire-lane-blocked`. */
import Type from 'typebox'
import { closed, ruleFields } from './rule-fields.ts'
import { standingFields } from './stationary-vehicle.ts'

export const fireLaneBlockedSchema = Type.Object(
  {
    kind: Type.Literal('fire-lane-blocked', { description: 'Something stands in the fire lane.' }),
    ...standingFields(60_000),
    ...ruleFields(
      { labels: ['vehicle', 'two-wheeler', 'object'], severity: 'major', duty: 'fire', inertiaMs: 500 },
      'zone',
    ),
  },
  {
    ...closed,
    description:
      'Something stands in the fire lane for longer than `dwellMs`: `stationary-vehicle` with less patience, other labels and another duty.',
  },
)
