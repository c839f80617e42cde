/** Schema of the rule kind `stationary-vehicle`. */
import Type from 'typebox'
import { milliseconds } from '../schema/fields.ts'
import { closed, ruleFields, zoneName } from './rule-fields.ts'

/** What a rule about standing asks for, with the patience of its kind. */
export const standingFields = (dwellMs: number) => ({
  zone: zoneName,
  dwellMs: milliseconds(
    'Milliseconds after which standing is worth an alert. More lets people load and drop off.',
    dwellMs,
    1_000,
    86_400_000,
  ),
  tolerance: Type.Number({
    description:
      'How far it may seem to wander and still stand, share of the picture. More forgives unsteady boxes and slow traffic.',
    default: 0.03,
    minimum: 0.001,
    maximum: 0.5,
  }),
})

export const stationaryVehicleSchema = Type.Object(
  {
    kind: Type.Literal('stationary-vehicle', { description: 'Something stands still inside the zone.' }),
    ...standingFields(120_000),
    ...ruleFields({ labels: ['vehicle'], severity: 'minor', duty: 'city', inertiaMs: 500 }, 'zone'),
  },
  { ...closed, description: 'Something stands still inside the zone for longer than `dwellMs`.' },
)
