/** Schema of the rule kind `object-left`. */
import Type from 'typebox'
import { milliseconds } from '../schema/fields.ts'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

/** What a rule about things that lie still asks for. */
export const objectFields = () => ({
  zone: zoneName,
  dwellMs: milliseconds(
    'Milliseconds after which it is worth an alert. More lets people put things down, or move them, for a while.',
    60_000,
    1_000,
    86_400_000,
  ),
  minShare: Type.Number({
    description:
      'Smaller boxes are ignored, share of the picture: 0.002 is a suitcase some 15 m away. More ignores small and far things, and leaves and litter with them.',
    default: 0.002,
    minimum: 0.001,
    maximum: 0.5,
  }),
})

export const objectLeftSchema = Type.Object(
  {
    kind: Type.Literal('object-left', { description: 'Something was left inside the zone.' }),
    ...objectFields(),
    ...ruleFields({ labels: ['object'], severity: 'minor', duty: 'public-order', inertiaMs: 500 }, 'zone'),
  },
  {
    ...closed,
    description:
      'Something that no model knows lies inside the zone, where nothing lay before, for longer than `dwellMs`. Other labels stand for what is left there just as well: an e-bike, a car.',
  },
)
